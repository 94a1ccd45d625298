package dev.anneal.trainer;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Which failures are worth another attempt, and when.
///
/// @param delays before the first, second, … retry; the last one holds for the rest
record Retries(List<Duration> delays) {
  /// Where the next attempt may find another world. Everything else fails again in the same way.
  private static final Set<String> TRANSIENT =
      Set.of(
          "process-crashed",
          "kafka-unavailable",
          "storage-failed",
          "learner-failed",
          "internal-error");

  Retries {
    delays = List.copyOf(delays);
  }

  /// @param failures so far, this one included
  /// @param attempts how many retries the model's definition allows
  /// @return how long to wait, empty when the run has failed for good
  Optional<Duration> after(String code, int failures, int attempts) {
    return TRANSIENT.contains(code) && failures <= attempts
        ? Optional.of(delays.get(Math.min(failures, delays.size()) - 1))
        : Optional.empty();
  }
}
