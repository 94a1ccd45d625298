package dev.anneal.deployer;

import dev.anneal.deployer.Decisions.OnCandidate;
import dev.anneal.deployer.ModelState.Made;
import dev.anneal.events.LifecycleEvent;
import dev.anneal.stage.FailPoint;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes each candidate through the [Gate]. Order of publishing: the deployment, then
/// ModelValidated, then ModelDeployed; a crash between them is repaired when the candidate is
/// delivered again.
final class CandidateHandler {
  private static final Logger LOG = LoggerFactory.getLogger(CandidateHandler.class);

  private final ModelStates states;
  private final Definitions definitions;
  private final Trial trial;
  private final Gate gate;
  private final DeploymentLog deployments;
  private final Consumer<LifecycleEvent> lifecycle;
  private final InstantSource clock;

  CandidateHandler(
      ModelStates states,
      Definitions definitions,
      Trial trial,
      Gate gate,
      DeploymentLog deployments,
      Consumer<LifecycleEvent> lifecycle,
      InstantSource clock) {
    this.states = states;
    this.definitions = definitions;
    this.trial = trial;
    this.gate = gate;
    this.deployments = deployments;
    this.lifecycle = lifecycle;
    this.clock = clock;
  }

  void apply(LifecycleEvent event) {
    Wire.candidate(event).ifPresent(this::handle);
  }

  private void handle(Candidate candidate) {
    boolean isDone;
    do {
      isDone =
          switch (Decisions.onCandidate(states.of(candidate.key()), candidate)) {
            case OnCandidate.Ended() -> true;
            case OnCandidate.Complete(var deployment) -> complete(candidate, deployment);
            case OnCandidate.Superseded(var deployed) -> {
              String reason =
                  "superseded: it was trained before %s, which serves".formatted(deployed);
              yield reject(candidate, deployed, reason, List.of());
            }
            case OnCandidate.Overruled(var choice) ->
                reject(candidate, choice.version().version(), overruled(choice), List.of());
            case OnCandidate.Judge(var champion) -> judge(candidate, champion);
          };
    } while (!isDone);
  }

  private static String overruled(DeployedVersion choice) {
    return "rolled-back: %s put %s in service after this training was asked for (%s); a training asked for now may follow it"
        .formatted(choice.requestedBy(), choice.version().version(), choice.reason());
  }

  /// @return false: another version was deployed in the meantime, so the candidate has to be judged
  ///     beside that one
  private boolean judge(Candidate candidate, @Nullable DeployedVersion champion) {
    String championVersion = champion == null ? null : champion.version().version();
    var definition = definitions.find(candidate.key());
    if (definition.isEmpty()) {
      return reject(
          candidate,
          championVersion,
          "unknown-model: no definition of " + candidate.key(),
          List.of());
    }
    Verdict verdict;
    try {
      verdict =
          verdict(candidate, champion == null ? null : champion.version(), definition.get().gate());
    } catch (UnusableVersionException e) {
      return reject(candidate, championVersion, "unusable: " + e.getMessage(), List.of());
    }
    FailPoint.DEPLOYER_JUDGED.hit();
    if (!verdict.isAccepted()) {
      return reject(candidate, championVersion, verdict.reason(), verdict.checks());
    }
    var deployment = deployments.exclusively(candidate.key(), () -> deploy(candidate, champion));
    deployment.ifPresent(d -> publishDeployed(candidate, Made.of(d), verdict.checks()));
    return deployment.isPresent();
  }

  /// @return empty: the champion is another one by now
  private Optional<DeployedVersion> deploy(
      Candidate candidate, @Nullable DeployedVersion champion) {
    if (!Decisions.onCandidate(states.of(candidate.key()), candidate)
        .equals(new OnCandidate.Judge(champion))) {
      return Optional.empty();
    }
    var deployment = Decisions.deployment(candidate, champion, clock.instant());
    deployments.append(deployment);
    return Optional.of(deployment);
  }

  private Verdict verdict(Candidate candidate, @Nullable VersionRef champion, GateLimits limits) {
    return gate.judge(trial.measure(candidate.version(), champion, limits.maxSizeBytes()), limits);
  }

  /// The deployment is on the topic, so the candidate was accepted; what its checks were is
  /// measured once more.
  private boolean complete(Candidate candidate, Made deployment) {
    String previous = deployment.previousVersion();
    var champion = previous == null ? null : states.of(candidate.key()).versions().get(previous);
    List<GateCheck> checks;
    try {
      checks =
          definitions
              .find(candidate.key())
              .map(definition -> verdict(candidate, champion, definition.gate()).checks())
              .orElse(List.of());
    } catch (UnusableVersionException e) {
      LOG.warn(
          "{}: checks of the deployed {} cannot be repeated",
          candidate.key(),
          candidate.version().version(),
          e);
      checks = List.of();
    }
    publishDeployed(candidate, deployment, checks);
    return true;
  }

  private void publishDeployed(Candidate candidate, Made deployment, List<GateCheck> checks) {
    LOG.info("{}: {} passed the gate", candidate.key(), candidate.version().version());
    lifecycle.accept(
        Wire.validated(candidate, deployment.previousVersion(), checks, clock.instant()));
    FailPoint.DEPLOYER_VALIDATED.hit();
    lifecycle.accept(Wire.deployed(candidate, deployment, clock.instant()));
    FailPoint.DEPLOYER_DEPLOYED.hit();
  }

  private boolean reject(
      Candidate candidate, @Nullable String champion, String reason, List<GateCheck> checks) {
    LOG.info("{}: {} is rejected: {}", candidate.key(), candidate.version().version(), reason);
    lifecycle.accept(Wire.rejected(candidate, champion, reason, checks, clock.instant()));
    FailPoint.DEPLOYER_REJECTED.hit();
    return true;
  }
}
