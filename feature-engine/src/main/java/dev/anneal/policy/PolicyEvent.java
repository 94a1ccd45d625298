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
  /// @param changeMicros since when the data is as it is, as far as known
  /// @param dataFromMicros earliest event time to train on, null: the trainer decides
  /// @param refreshes how often this change was trained on before
  record Requested(
      String requestId,
      Cause cause,
      String reason,
      long atMicros,
      @Nullable Long changeMicros,
      @Nullable Long dataFromMicros,
      int refreshes)
      implements PolicyEvent {}

  /// There was a cause, and a reason against it. Told when the code is another than the last one of
  /// the same subject.
  ///
  /// @param reason for people
  /// @param atMicros event time
  /// @param subject what was held back: a tick's id, or the kind of evidence
  record Suppressed(Cause cause, Code code, String reason, long atMicros, String subject)
      implements PolicyEvent {}
}
