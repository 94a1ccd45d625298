package dev.anneal.featurestream;

import java.time.Duration;

/// How long a thread that failed waits before it is replaced: longer with each failure, so that
/// what fails at once again neither spins nor floods the log; short again after a calm time. Safe
/// for use by many threads, whose failures count together.
final class ReplacementPauses {
  static final Duration FIRST = Duration.ofMillis(100);
  static final Duration LONGEST = Duration.ofSeconds(10);

  /// Without a failure.
  static final Duration CALM = Duration.ofMinutes(1);

  private Duration next = FIRST;
  private boolean failed;
  private long lastFailure;

  /// The pause after a failure.
  ///
  /// @param nanos now, by [System#nanoTime]
  synchronized Duration after(long nanos) {
    if (failed && nanos - lastFailure >= CALM.toNanos()) {
      next = FIRST;
    }
    failed = true;
    lastFailure = nanos;
    var pause = next;
    var doubled = pause.multipliedBy(2);
    next = doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
    return pause;
  }
}
