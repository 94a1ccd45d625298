package dev.anneal.policy;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What the retraining policy knows of one model.
///
/// @param refresh the next training on a change that was trained on already
/// @param suppressions the code that was told last, by what was held back
public record RetrainingState(
    Labels labels,
    Requests requests,
    Findings findings,
    @Nullable Refresh refresh,
    SortedMap<String, Code> suppressions) {

  public static final RetrainingState NEW =
      new RetrainingState(Labels.NONE, Requests.NONE, Findings.NONE, null, new TreeMap<>());

  /// Another training on a change, or of a first model.
  ///
  /// @param request that is going to be made
  /// @param dueMicros event time before which it is not due
  /// @param dueRows with a known label before which it is not due
  public record Refresh(Requests.Request request, long dueMicros, long dueRows) {
    Refresh afterPromotion() {
      return new Refresh(request.afterPromotion(), dueMicros, dueRows);
    }
  }

  RetrainingState with(Labels changed) {
    return new RetrainingState(changed, requests, findings, refresh, suppressions);
  }

  RetrainingState with(Requests changed) {
    return new RetrainingState(labels, changed, findings, refresh, suppressions);
  }

  RetrainingState with(Findings changed) {
    return new RetrainingState(labels, requests, changed, refresh, suppressions);
  }

  RetrainingState with(@Nullable Refresh changed) {
    return new RetrainingState(labels, requests, findings, changed, suppressions);
  }

  RetrainingState with(Map<String, Code> changed) {
    return new RetrainingState(labels, requests, findings, refresh, new TreeMap<>(changed));
  }

  /// What is left when the model's definition is gone: nothing of the data, but which requests were
  /// made, so that a model of the same name later uses no id twice.
  public RetrainingState forgotten() {
    return NEW.with(requests.forgotten());
  }

  /// Event time that the model's telemetry has reached, microseconds since 1970; 0 before any.
  public long now() {
    return Math.max(0, labels.newestMicros());
  }
}
