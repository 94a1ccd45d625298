package dev.anneal.trainer;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What the trainer tells of a model. [Wire] makes lifecycle events of them.
sealed interface RunEvent {
  /// @param coalescedInto request id of the queued run that covers this request too
  record Queued(Request request, @Nullable String coalescedInto) implements RunEvent {}

  record Started(String runId, int attempt) implements RunEvent {}

  /// @param phase reading, training, exporting
  record Progress(String runId, int attempt, String phase, long done, long total)
      implements RunEvent {}

  record Trained(String runId, int attempt, TrainedModel model, double trainingSeconds)
      implements RunEvent {}

  /// @param runId null when there was none: the request was refused
  record Failed(@Nullable String runId, int attempt, String code, String message, boolean willRetry)
      implements RunEvent {}

  record Cancelled(String runId, String requestedBy, String reason) implements RunEvent {}

  /// @param attempt the one to come
  record RetryScheduled(String runId, int attempt, Instant at, String code) implements RunEvent {}

  record CommandRejected(String commandId, String code, String message) implements RunEvent {}
}
