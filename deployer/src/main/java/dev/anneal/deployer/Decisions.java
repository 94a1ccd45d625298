package dev.anneal.deployer;

import dev.anneal.deployer.ModelState.Made;
import dev.anneal.schemas.EventIds;
import dev.anneal.schemas.ModelKey;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What to do with a candidate or a command, given what the topics say of the model so far. Pure.
///
/// A decision whose deployment is on the topic is never taken again: a redelivery only completes
/// the events that a crash kept from being published. So a version that was rolled back does not
/// come back with a redelivered candidate. Nor does a training that was under way then undo a
/// rollback: only one that is asked for later can follow it.
final class Decisions {
  private Decisions() {}

  /// What a candidate needs.
  sealed interface OnCandidate {
    /// Its story has ended: nothing to do.
    record Ended() implements OnCandidate {}

    /// It was deployed, whatever serves by now, and its events may be missing.
    record Complete(Made deployment) implements OnCandidate {}

    /// A newer version serves already.
    record Superseded(String deployed) implements OnCandidate {}

    /// A person chose the version that serves after the candidate's training was asked for.
    record Overruled(DeployedVersion choice) implements OnCandidate {}

    /// To be judged beside the champion.
    record Judge(@Nullable DeployedVersion champion) implements OnCandidate {}
  }

  /// What a command needs.
  sealed interface OnCommand {
    /// Its story has ended: nothing to do.
    record Ended() implements OnCommand {}

    /// It was carried out, whatever serves by now, and its event may be missing.
    record Complete(Made deployment) implements OnCommand {}

    /// It cannot be carried out.
    record Refused(String code, String message) implements OnCommand {}

    /// The version named serves next.
    record RollBack(VersionRef to, DeployedVersion from) implements OnCommand {}
  }

  static OnCandidate onCandidate(ModelState state, Candidate candidate) {
    ModelKey key = candidate.key();
    String version = candidate.version().version();
    if (state.hasEnded(deployedEventId(key, version))
        || state.hasEnded(rejectedEventId(key, version))) {
      return new OnCandidate.Ended();
    }
    var made = state.made(deploymentId(key, version));
    if (made.isPresent()) {
      return new OnCandidate.Complete(made.get());
    }
    DeployedVersion current = state.current();
    if (current != null && Gate.isSuperseded(version, current.version().version())) {
      return new OnCandidate.Superseded(current.version().version());
    }
    if (current != null
        && current.kind() == DeployedVersion.Kind.ROLLBACK
        && Gate.isAskedForBefore(version, current.askedAt())) {
      return new OnCandidate.Overruled(current);
    }
    return new OnCandidate.Judge(current);
  }

  /// @param isDefined whether a definition of the model exists
  static OnCommand onCommand(ModelState state, RollbackCommand command, boolean isDefined) {
    if (state.hasEnded(rolledBackEventId(command.key(), command.commandId()))
        || state.hasEnded(refusedEventId(command.key(), command.commandId()))) {
      return new OnCommand.Ended();
    }
    var made = state.made(rollbackId(command.key(), command.commandId()));
    if (made.isPresent()) {
      return new OnCommand.Complete(made.get());
    }
    DeployedVersion current = state.current();
    if (!isDefined) {
      return new OnCommand.Refused("unknown-model", "there is no model " + command.key());
    }
    if (!command.isRollback()) {
      return new OnCommand.Refused(
          "unknown-action", "the action is not one this release knows; it knows ROLLBACK");
    }
    if (current == null) {
      return new OnCommand.Refused(
          "nothing-deployed", "no version of %s was ever deployed".formatted(command.key()));
    }
    return rollBack(state, command, current);
  }

  private static OnCommand rollBack(
      ModelState state, RollbackCommand command, DeployedVersion current) {
    String serving = current.version().version();
    String wanted =
        command.toVersion() == null ? state.replacedBy(serving).orElse(null) : command.toVersion();
    if (wanted == null) {
      return new OnCommand.Refused(
          "no-previous-version",
          "no version is known to have served before %s of %s; name one"
              .formatted(serving, command.key()));
    }
    if (wanted.equals(serving)) {
      return new OnCommand.Refused(
          "already-deployed", "version %s of %s serves already".formatted(wanted, command.key()));
    }
    if (!state.versions().containsKey(wanted)) {
      return new OnCommand.Refused(
          "unknown-version", "%s has no version %s".formatted(command.key(), wanted));
    }
    return state
        .servedVersion(wanted)
        .<OnCommand>map(to -> new OnCommand.RollBack(to, current))
        .orElseGet(
            () ->
                new OnCommand.Refused(
                    "unproven-version",
                    "version %s of %s never passed the gate, so it cannot serve"
                        .formatted(wanted, command.key())));
  }

  static DeployedVersion deployment(
      Candidate candidate, @Nullable DeployedVersion champion, Instant now) {
    String version = candidate.version().version();
    return new DeployedVersion(
        deploymentId(candidate.key(), version),
        DeployedVersion.Kind.DEPLOY,
        candidate.version(),
        champion == null ? null : champion.version().version(),
        now,
        now,
        candidate.origin().requestId(),
        "gate",
        champion == null ? "first version" : "better than " + champion.version().version());
  }

  static DeployedVersion deployment(
      RollbackCommand command, OnCommand.RollBack decision, Instant now) {
    return new DeployedVersion(
        rollbackId(command.key(), command.commandId()),
        DeployedVersion.Kind.ROLLBACK,
        decision.to(),
        decision.from().version().version(),
        now,
        command.askedAt(),
        null,
        command.requestedBy(),
        command.reason());
  }

  static String deploymentId(ModelKey key, String version) {
    return EventIds.of("deployment", key, version);
  }

  static String rollbackId(ModelKey key, String commandId) {
    return EventIds.of("rollback", key, commandId);
  }

  static String validatedEventId(ModelKey key, String version) {
    return EventIds.of("ModelValidated", key, version);
  }

  static String deployedEventId(ModelKey key, String version) {
    return EventIds.of("ModelDeployed", key, version);
  }

  static String rejectedEventId(ModelKey key, String version) {
    return EventIds.of("ModelRejected", key, version);
  }

  static String rolledBackEventId(ModelKey key, String commandId) {
    return EventIds.of("ModelRolledBack", key, commandId);
  }

  static String refusedEventId(ModelKey key, String commandId) {
    return EventIds.of("CommandRejected", key, commandId);
  }
}
