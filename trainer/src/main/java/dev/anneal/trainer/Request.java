package dev.anneal.trainer;

import dev.anneal.schemas.ModelKey;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A client's wish for a training.
///
/// @param requestedAt when the broker got it: that clock orders requests, whatever the client's
///     says
/// @param dataFromMicros earliest event time to train on, or, where the cause is a change that was
///     seen, when it began
/// @param dataToMicros event time from which on rows are left out
/// @param overrides hyper-parameters that replace the definition's
/// @param refusal what is wrong with what it asks for; null: nothing
record Request(
    String requestId,
    ModelKey key,
    String cause,
    String reason,
    String requestedBy,
    Instant requestedAt,
    @Nullable Long dataFromMicros,
    @Nullable Long dataToMicros,
    Map<String, String> overrides,
    @Nullable String traceparent,
    @Nullable String refusal) {
  /// Causes of people: they get the range they ask for and nothing else. The others say when a
  /// change began.
  private static final String MANUAL = "MANUAL";

  Request {
    overrides = Map.copyOf(overrides);
  }

  /// What is wrong with what it asks for.
  Optional<String> problem() {
    return Optional.ofNullable(refusal);
  }

  /// Whether rows before [#dataFromMicros] may be trained on where that gives the better model.
  boolean includesBefore() {
    return !cause.equals(MANUAL);
  }

  /// Whether a row of that time may be trained on.
  boolean covers(long eventTimeMicros) {
    boolean isBefore = dataFromMicros != null && eventTimeMicros < dataFromMicros;
    boolean isAfter = dataToMicros != null && eventTimeMicros >= dataToMicros;
    return (!isBefore || includesBefore()) && !isAfter;
  }
}
