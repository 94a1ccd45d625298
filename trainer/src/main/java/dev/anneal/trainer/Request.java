package dev.anneal.trainer;

import dev.anneal.schemas.ModelKey;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A client's wish for a training.
///
/// @param dataFromMicros earliest event time to train on, or, where the cause is a change that was
///     seen, when it began
/// @param dataToMicros event time from which on rows are left out
/// @param overrides hyper-parameters that replace the definition's
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
    @Nullable String traceparent) {
  /// Causes of people: they get the range they ask for and nothing else. The others say when a
  /// change began.
  private static final String MANUAL = "MANUAL";

  Request {
    overrides = Map.copyOf(overrides);
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
