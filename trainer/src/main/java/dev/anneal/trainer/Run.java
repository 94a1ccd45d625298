package dev.anneal.trainer;

import dev.anneal.schemas.ModelKey;
import org.jspecify.annotations.Nullable;

/// A training from its request to its end.
///
/// ```
/// QUEUED ──► RUNNING ──► SUCCEEDED
///   │         │  ▲ └───► FAILED
///   │         ▼  │
///   │        WAITING        (for the next attempt)
///   └─────────┴─────────► CANCELLED
/// ```
///
/// @param attempt number of the newest one, from 1; 0 before the first
/// @param failures attempts that ended with a failure
/// @param deaths attempts whose trainer was gone without a word
/// @param cancelledBy who asked that it end; null: nobody
record Run(
    String runId,
    Request request,
    String version,
    State state,
    int attempt,
    int failures,
    int deaths,
    @Nullable String cancelledBy,
    String cancelReason) {
  /// Where a run stands.
  enum State {
    QUEUED,
    RUNNING,
    WAITING,
    SUCCEEDED,
    FAILED,
    CANCELLED;

    boolean isFinal() {
      return this == SUCCEEDED || this == FAILED || this == CANCELLED;
    }
  }

  ModelKey key() {
    return request.key();
  }
}
