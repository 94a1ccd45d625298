package dev.anneal.policy;

import org.jspecify.annotations.Nullable;

/// What the retraining policy of a model decided.
public sealed interface PolicyEvent {
  /// It took note of an input; nothing to tell.
  record Noted(PolicyInput input) implements PolicyEvent {}

  /// A training is asked for.
  ///
  /// @param requestId derives from the cause
  /// @param reason for people
  /// @param atMicros event time
  /// @param dataFromMicros earliest event time to train on, null: the trainer decides
  /// @param refreshes how often this change was tried before
  record Requested(
      String requestId,
      Cause cause,
      String reason,
      long atMicros,
      @Nullable Long dataFromMicros,
      int refreshes)
      implements PolicyEvent {}

  /// There was a cause, and a reason against it.
  ///
  /// @param code stable
  /// @param subject what was held back where the cause comes by itself each time (a tick's id),
  ///     else empty
  record Suppressed(Cause cause, String code, String reason, long atMicros, String subject)
      implements PolicyEvent {}
}
