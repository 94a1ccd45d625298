package dev.anneal.policy;

import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// What the retraining policy of a model hears. All but [Advanced] may be heard more than once.
public sealed interface PolicyInput {
  /// Rows came.
  ///
  /// @param rowsByHour more rows, by the hour of event time since 1970
  /// @param newestMicros newest event time, microseconds since 1970
  record Advanced(SortedMap<Long, Long> rowsByHour, long newestMicros) implements PolicyInput {}

  /// A drift window was evaluated.
  record Evaluated(DriftReport report) implements PolicyInput {}

  /// The loss of the version that serves rose.
  ///
  /// @param changeMicros event time since which it is as high as it is
  /// @param reason for people
  record LossRose(String version, long changeMicros, String reason) implements PolicyInput {}

  /// The loss of the version that serves fell: what had risen is over.
  record LossFell(String version) implements PolicyInput {}

  /// The model's schedule fired.
  record Ticked(String tickId) implements PolicyInput {}

  /// A training was queued, whoever asked.
  ///
  /// @param coalescedInto the request that covers this one too
  record Queued(String requestId, @Nullable String coalescedInto) implements PolicyInput {}

  /// A request came to its end.
  record Ended(String requestId, End end) implements PolicyInput {}

  /// Another version serves without a training: a rollback.
  record Served(String version) implements PolicyInput {}

  enum End {
    DEPLOYED,
    REJECTED,
    FAILED,
    CANCELLED,

    /// Nothing was heard of it for so long that it is waited for no more.
    EXPIRED
  }
}
