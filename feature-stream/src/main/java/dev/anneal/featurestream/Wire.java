package dev.anneal.featurestream;

import dev.anneal.events.Alert;
import dev.anneal.events.DeadLetter;
import dev.anneal.events.LifecycleEvent;
import dev.anneal.events.ModelDeployed;
import dev.anneal.events.ModelRejected;
import dev.anneal.events.ModelRolledBack;
import dev.anneal.events.Outcome;
import dev.anneal.events.ScheduleTick;
import dev.anneal.events.Severity;
import dev.anneal.events.TrainRequest;
import dev.anneal.events.TrainingCancelled;
import dev.anneal.events.TrainingFailed;
import dev.anneal.events.TrainingQueued;
import dev.anneal.policy.Cause;
import dev.anneal.policy.PolicyEvent;
import dev.anneal.policy.PolicyInput;
import dev.anneal.policy.PolicyInput.End;
import dev.anneal.schemas.Micros;
import dev.anneal.schemas.ModelKey;
import dev.anneal.schemas.Stage;
import dev.anneal.stage.DeadLetters;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Between the domain and all other events on the topics.
final class Wire {
  private Wire() {}

  // ---- in

  /// What an event says to the policy; null when nothing.
  static @Nullable PolicyInput input(LifecycleEvent event) {
    if (event.getEvent() instanceof ModelRolledBack back) {
      return new PolicyInput.Served(back.getToVersion());
    }
    String request = event.getRequestId();
    if (request == null) {
      return null;
    }
    return switch (event.getEvent()) {
      case TrainingQueued queued -> new PolicyInput.Queued(request, queued.getCoalescedInto());
      case ModelDeployed _ -> new PolicyInput.Ended(request, End.DEPLOYED);
      case ModelRejected _ -> new PolicyInput.Ended(request, End.REJECTED);
      case TrainingFailed failed ->
          failed.getWillRetry() ? null : new PolicyInput.Ended(request, End.FAILED);
      case TrainingCancelled _ -> new PolicyInput.Ended(request, End.CANCELLED);
      default -> null; // progress, and what concerns versions: none starts or ends a request
    };
  }

  /// Whether labels are made of it; other kinds of outcomes say nothing here.
  static boolean isFailure(Outcome outcome) {
    return outcome.getKind().equals("failure");
  }

  /// Whether it says how far outcomes are known.
  static boolean isProgress(Outcome outcome) {
    return outcome.getKind().equals("progress");
  }

  static PolicyInput input(ScheduleTick tick) {
    return new PolicyInput.Ticked(tick.getTickId());
  }

  // ---- out

  static Alert alert(ModelKey model, SensorAlerts.Change change) {
    Long resolved = change.resolvedMicros();
    return Alert.newBuilder()
        .setAlertId(change.alert().alertId())
        .setOrganization(model.organization())
        .setModel(model.model())
        .setKind("SENSOR_FAULT")
        .setSeverity(Severity.WARNING)
        .setMessage(change.alert().message())
        .setRaisedAt(Micros.toInstant(change.alert().raisedMicros()))
        .setResolvedAt(resolved == null ? null : Micros.toInstant(resolved))
        .build();
  }

  static TrainRequest trainRequest(Model model, PolicyEvent.Requested requested, Instant now) {
    Long from = requested.dataFromMicros();
    return TrainRequest.newBuilder()
        .setRequestId(requested.requestId())
        .setOrganization(model.organization())
        .setModel(model.name())
        .setCause(cause(requested.cause()))
        .setReason(requested.reason())
        .setRequestedBy(Stage.FEATURE_STREAM.id())
        .setRequestedAt(now)
        .setDataFrom(from == null ? null : Micros.toInstant(from))
        .build();
  }

  static dev.anneal.events.Cause cause(Cause cause) {
    return dev.anneal.events.Cause.valueOf(cause.name());
  }

  static DeadLetter deadLetter(Rejection rejection, Instant now) {
    var letter =
        DeadLetter.newBuilder()
            .setStage(Stage.FEATURE_STREAM.id())
            .setCode(rejection.code())
            .setReason(rejection.reason())
            .setOrganization(rejection.organization())
            .setTopic(rejection.topic())
            .setPartition(rejection.partition())
            .setOffset(rejection.offset())
            .setOccurredAt(now);
    String key = rejection.key();
    return DeadLetters.bounded(
            letter, key == null ? null : key.getBytes(StandardCharsets.UTF_8), rejection.value())
        .build();
  }
}
