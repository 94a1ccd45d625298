package dev.anneal.featurestream;

import org.jspecify.annotations.Nullable;

/// What the retraining policy of a model hears.
sealed interface PolicyInput {
  record Advanced(Message.Progress progress) implements PolicyInput {}

  /// A drift window was evaluated.
  record Evaluated(DriftReport report) implements PolicyInput {}

  /// The model's schedule fired.
  record Ticked(String tickId) implements PolicyInput {}

  /// A training was queued, whoever asked.
  ///
  /// @param coalescedInto the request that covers this one too
  record Queued(String requestId, @Nullable String coalescedInto) implements PolicyInput {}

  /// A request came to its end.
  record Ended(String requestId, End end) implements PolicyInput {}

  enum End {
    DEPLOYED,
    REJECTED,
    FAILED,
    CANCELLED
  }
}
