package dev.anneal.ingest;

import java.time.Duration;

/// Waits between tries: `first`, doubled after every failure, never more than `longest`.
record Backoff(Duration first, Duration longest) {
  private static final int MAX_DOUBLINGS = 20;

  /// @param failures in a row, at least 1
  Duration after(int failures) {
    Duration pause = first.multipliedBy(1L << Math.min(failures - 1, MAX_DOUBLINGS));
    return pause.compareTo(longest) < 0 ? pause : longest;
  }
}
