package dev.anneal.deployer;

import dev.anneal.deployer.ModelState.Made;
import dev.anneal.events.Check;
import dev.anneal.events.CommandRejected;
import dev.anneal.events.Definition;
import dev.anneal.events.DeployAction;
import dev.anneal.events.DeployCommand;
import dev.anneal.events.Deployment;
import dev.anneal.events.DeploymentKind;
import dev.anneal.events.LifecycleEvent;
import dev.anneal.events.ModelDeployed;
import dev.anneal.events.ModelRejected;
import dev.anneal.events.ModelRolledBack;
import dev.anneal.events.ModelTrained;
import dev.anneal.events.ModelValidated;
import dev.anneal.events.Prediction;
import dev.anneal.features.FeatureSpecification;
import dev.anneal.schemas.ClientFields;
import dev.anneal.schemas.Micros;
import dev.anneal.schemas.ModelKey;
import dev.anneal.schemas.RowCodec;
import dev.anneal.schemas.Texts;
import dev.anneal.stage.RejectedRecord;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Between the topics' Avro and the deployer's own types.
final class Wire {
  private record Profile(dev.anneal.events.ReferenceProfile avro)
      implements VersionRef.ReferenceProfile {}

  /// Characters of why a candidate is rejected; an exception may quote any amount of data.
  private static final int LONGEST_REASON = 4_000;

  private Wire() {}

  static ModelKey key(LifecycleEvent event) {
    return new ModelKey(event.getOrganization(), event.getModel());
  }

  /// The definition of a model; empty: of an organization.
  static Optional<ModelDefinition> model(Definition definition) {
    return definition.getDefinition() instanceof dev.anneal.events.ModelDefinition model
        ? Optional.of(model(model))
        : Optional.empty();
  }

  private static ModelDefinition model(dev.anneal.events.ModelDefinition model) {
    var gate = model.getGate();
    return new ModelDefinition(
        new ModelKey(model.getOrganization(), model.getModel()),
        features(model),
        model.getFailureProbability(),
        model.getConfidenceThreshold(),
        new GateLimits(
            gate.getMinAccuracy(),
            gate.getMinPrecision(),
            gate.getMinRecall(),
            gate.getMaxSizeBytes(),
            gate.getMaxLatencyMillis()));
  }

  private static List<String> features(dev.anneal.events.ModelDefinition model) {
    try {
      return FeatureSpecification.of(
              model.getSensors(), model.getLagSeconds(), model.getRollingWindows())
          .names();
    } catch (IllegalArgumentException e) {
      throw new RejectedRecord("bad-definition", String.valueOf(e.getMessage()));
    }
  }

  /// The candidate that a [ModelTrained] tells of.
  static Optional<Candidate> candidate(LifecycleEvent event) {
    if (!(event.getEvent() instanceof ModelTrained trained)) {
      return Optional.empty();
    }
    var version =
        new VersionRef(
            key(event),
            trained.getVersion(),
            uri(trained.getArtifactUri()),
            trained.getArtifactSha256(),
            trained.getFeatures(),
            new Profile(trained.getReferenceProfile()));
    return Optional.of(
        new Candidate(
            version,
            new Candidate.Origin(
                event.getEventId(), event.getRequestId(), event.getTraceparent())));
  }

  /// The state after a lifecycle event.
  static ModelState apply(ModelState state, LifecycleEvent event) {
    return switch (event.getEvent()) {
      case ModelTrained _ ->
          candidate(event).map(c -> state.applyTrained(c.version())).orElse(state);
      case ModelDeployed deployed ->
          state
              .applyDeployed(deployed.getVersion(), deployed.getPreviousVersion())
              .applyEnded(event.getEventId());
      case ModelRolledBack rolledBack ->
          state.applyServed(rolledBack.getToVersion()).applyEnded(event.getEventId());
      case ModelRejected _, CommandRejected _ -> state.applyEnded(event.getEventId());
      default -> state; // the trainer's own story
    };
  }

  private static URI uri(String text) {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException e) {
      throw new RejectedRecord("malformed-uri", "an artifact's address must be a URI, was " + text);
    }
  }

  /// @param received when the broker got it
  /// @throws RejectedRecord when it cannot be used as it is
  static RollbackCommand command(DeployCommand command, Instant received) {
    RejectedRecord.require(
        "invalid-command",
        new ClientFields()
            .id("commandId", command.getCommandId())
            .id("organization", command.getOrganization())
            .id("model", command.getModel())
            .optionalId("toVersion", command.getToVersion())
            .text("requestedBy", command.getRequestedBy())
            .text("reason", command.getReason())
            .requestTime("requestedAt", command.getRequestedAt(), received));
    return new RollbackCommand(
        command.getCommandId(),
        new ModelKey(command.getOrganization(), command.getModel()),
        command.getAction() == DeployAction.ROLLBACK,
        command.getToVersion(),
        command.getRequestedBy(),
        command.getReason(),
        received);
  }

  static DeployedVersion deployment(Deployment deployment) {
    var version =
        new VersionRef(
            new ModelKey(deployment.getOrganization(), deployment.getModel()),
            deployment.getVersion(),
            uri(deployment.getArtifactUri()),
            deployment.getArtifactSha256(),
            deployment.getFeatures(),
            new Profile(deployment.getReferenceProfile()));
    return new DeployedVersion(
        deployment.getDeploymentId(),
        deployment.getKind() == DeploymentKind.ROLLBACK
            ? DeployedVersion.Kind.ROLLBACK
            : DeployedVersion.Kind.DEPLOY,
        version,
        deployment.getPreviousVersion(),
        deployment.getDeployedAt(),
        deployment.getAskedAt() == null ? deployment.getDeployedAt() : deployment.getAskedAt(),
        deployment.getRequestId(),
        deployment.getRequestedBy(),
        deployment.getReason());
  }

  static Deployment toDeployment(DeployedVersion deployed) {
    VersionRef version = deployed.version();
    return Deployment.newBuilder()
        .setDeploymentId(deployed.deploymentId())
        .setOrganization(version.key().organization())
        .setModel(version.key().model())
        .setVersion(version.version())
        .setPreviousVersion(deployed.previousVersion())
        .setKind(DeploymentKind.valueOf(deployed.kind().name()))
        .setArtifactUri(version.artifact().toString())
        .setArtifactSha256(version.sha256())
        .setFeatures(version.features())
        .setReferenceProfile(((Profile) version.profile()).avro())
        .setDeployedAt(deployed.deployedAt())
        .setAskedAt(deployed.askedAt())
        .setRequestId(deployed.requestId())
        .setRequestedBy(deployed.requestedBy())
        .setReason(deployed.reason())
        .build();
  }

  static LifecycleEvent validated(
      Candidate candidate, @Nullable String champion, List<GateCheck> checks, Instant now) {
    String version = candidate.version().version();
    return event(
            Decisions.validatedEventId(candidate.key(), version),
            candidate.key(),
            candidate.origin(),
            now)
        .setEvent(new ModelValidated(version, champion, checks(checks)))
        .build();
  }

  static LifecycleEvent rejected(
      Candidate candidate,
      @Nullable String champion,
      String reason,
      List<GateCheck> checks,
      Instant now) {
    String version = candidate.version().version();
    return event(
            Decisions.rejectedEventId(candidate.key(), version),
            candidate.key(),
            candidate.origin(),
            now)
        .setEvent(
            new ModelRejected(version, champion, Texts.cut(reason, LONGEST_REASON), checks(checks)))
        .build();
  }

  static LifecycleEvent deployed(Candidate candidate, Made deployment, Instant now) {
    String version = candidate.version().version();
    return event(
            Decisions.deployedEventId(candidate.key(), version),
            candidate.key(),
            candidate.origin(),
            now)
        .setEvent(
            new ModelDeployed(
                version, deployment.previousVersion(), "direct", deployment.deploymentId()))
        .build();
  }

  static LifecycleEvent rolledBack(RollbackCommand command, Made deployment, Instant now) {
    return event(
            Decisions.rolledBackEventId(command.key(), command.commandId()),
            command.key(),
            origin(command),
            now)
        .setEvent(
            new ModelRolledBack(
                String.valueOf(deployment.previousVersion()),
                deployment.version(),
                deployment.deploymentId(),
                command.requestedBy(),
                command.reason()))
        .build();
  }

  static LifecycleEvent refused(RollbackCommand command, String code, String message, Instant now) {
    return event(
            Decisions.refusedEventId(command.key(), command.commandId()),
            command.key(),
            origin(command),
            now)
        .setEvent(new CommandRejected(command.commandId(), code, message))
        .build();
  }

  private static Candidate.Origin origin(RollbackCommand command) {
    return new Candidate.Origin(command.commandId(), null, null);
  }

  private static LifecycleEvent.Builder event(
      String id, ModelKey key, Candidate.Origin origin, Instant now) {
    return LifecycleEvent.newBuilder()
        .setEventId(id)
        .setOrganization(key.organization())
        .setModel(key.model())
        .setOccurredAt(now)
        .setRequestId(origin.requestId())
        .setCausedBy(origin.causedBy())
        .setTraceparent(origin.traceparent());
  }

  private static List<Check> checks(List<GateCheck> checks) {
    return checks.stream()
        .map(c -> new Check(c.name(), c.passed(), c.value(), c.limit(), c.message()))
        .toList();
  }

  static Prediction prediction(
      LoadedVersion version, RowCodec.Row row, double score, boolean confident, Instant now) {
    ModelKey key = version.version().key();
    return Prediction.newBuilder()
        .setOrganization(key.organization())
        .setModel(key.model())
        .setVersion(version.version().version())
        .setAsset(row.asset())
        .setEventTime(Micros.toInstant(row.eventTimeMicros()))
        .setScore(score)
        .setLabel(Integer.toString(version.label(score)))
        .setConfident(confident)
        .setScoredAt(now)
        .build();
  }
}
