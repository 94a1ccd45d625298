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
          "process-crashed", "kafka-failed", "storage-failed", "learner-failed", "internal-error");

  /// Embedded servers are typically back within 30 s.
  private static final Duration FIRST_AFTER_ABSENCE = Duration.ofSeconds(15);

  private static final Duration LONGEST_AFTER_ABSENCE = Duration.ofMinutes(5);
  private static final int MOST_DOUBLINGS = 10;

  Retries {
    delays = List.copyOf(delays);
  }

  /// @param attempt that failed
  /// @return how long to wait for a server that was away; each attempt reads all the data again
  static Duration afterAbsence(int attempt) {
    var delay = FIRST_AFTER_ABSENCE.multipliedBy(1L << Math.min(attempt - 1, MOST_DOUBLINGS));
    return delay.compareTo(LONGEST_AFTER_ABSENCE) < 0 ? delay : LONGEST_AFTER_ABSENCE;
  }

  /// No retry is later than that.
  Duration longest() {
    return delays.stream().reduce(LONGEST_AFTER_ABSENCE, (a, b) -> a.compareTo(b) > 0 ? a : b);
  }

  /// @param failures so far that count, this one included
  /// @param attempts how many retries the model's definition allows
  /// @return how long to wait, empty when the run has failed for good
  Optional<Duration> after(String code, int failures, int attempts) {
    return TRANSIENT.contains(code) && failures <= attempts
        ? Optional.of(delays.get(Math.min(failures, delays.size()) - 1))
        : Optional.empty();
  }
}
