package dev.anneal.control.monitor;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One training from request to verdict:
/// ```
/// QUEUED ─► TRAINING ─► TRAINED ─► VALIDATED ─► DEPLOYED
///    │       │  ▲  │        └────► REJECTED
///    │       ▼  │  ├─► FAILED
///    │     RETRYING└─► CANCELLED
///    └─► COALESCED, CANCELLED, FAILED
/// ```
/// The topic is the truth: a change is applied whatever the state, so that a story whose beginning
/// was lost is told on.
public record Run(
    String requestId,
    String organization,
    String model,
    State state,
    @Nullable Asked asked,
    int attempt,
    @Nullable Progress progress,
    @Nullable Result result,
    @Nullable String reason,
    Instant updatedAt) {
  /// Where a run is.
  public enum State {
    QUEUED,
    COALESCED,
    TRAINING,
    RETRYING,
    TRAINED,
    VALIDATED,
    REJECTED,
    DEPLOYED,
    FAILED,
    CANCELLED
  }

  /// Who wanted it.
  public record Asked(String cause, String reason, String requestedBy, Instant at) {}

  public record Progress(String phase, long done, long total) {}

  /// The candidate it made.
  public record Result(
      String version, Map<String, Double> metrics, long trainingRows, double trainingSeconds) {}

  static Run unknown(Event event) {
    String requestId = java.util.Objects.requireNonNull(event.requestId());
    return new Run(
        requestId,
        event.organization(),
        event.model(),
        State.QUEUED,
        null,
        0,
        null,
        null,
        null,
        event.occurredAt());
  }

  Run apply(RunChange change, Instant at) {
    return switch (change) {
      case RunChange.Queued(var cause, var why, var by, var into) ->
          new Run(
              requestId,
              organization,
              model,
              into == null ? state : State.COALESCED,
              new Asked(cause, why, by, at),
              attempt,
              progress,
              result,
              into == null ? reason : "covered by " + into,
              at);
      case RunChange.Started(int number) -> to(State.TRAINING, null, at).withAttempt(number);
      case RunChange.Progressed(var phase, long done, long total) ->
          to(State.TRAINING, null, at).withProgress(new Progress(phase, done, total));
      case RunChange.Trained(var version, var metrics, long rows, double seconds) ->
          to(State.TRAINED, null, at)
              .withProgress(null)
              .withResult(new Result(version, metrics, rows, seconds));
      case RunChange.Failed(int number, var code, var message, boolean willRetry) ->
          to(willRetry ? State.RETRYING : State.FAILED, code + ": " + message, at)
              .withAttempt(number);
      case RunChange.RetryPlanned(int number, Instant when) ->
          to(State.RETRYING, "attempt %d at %s".formatted(number, when), at);
      case RunChange.Cancelled(var by, var why) ->
          to(State.CANCELLED, "by %s: %s".formatted(by, why), at);
      case RunChange.Validated(_) -> to(State.VALIDATED, null, at);
      case RunChange.Rejected(_, var why) -> to(State.REJECTED, why, at);
      case RunChange.Deployed(_) -> to(State.DEPLOYED, null, at);
    };
  }

  private Run to(State next, @Nullable String why, Instant at) {
    return new Run(requestId, organization, model, next, asked, attempt, progress, result, why, at);
  }

  private Run withAttempt(int number) {
    return new Run(
        requestId, organization, model, state, asked, number, progress, result, reason, updatedAt);
  }

  private Run withProgress(@Nullable Progress now) {
    return new Run(
        requestId, organization, model, state, asked, attempt, now, result, reason, updatedAt);
  }

  private Run withResult(Result made) {
    return new Run(
        requestId, organization, model, state, asked, attempt, progress, made, reason, updatedAt);
  }
}
