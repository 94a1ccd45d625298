package dev.anneal.trainer;

import dev.anneal.stage.Failures;
import java.time.Duration;
import java.util.function.LongSupplier;

/// Bears with a database that is away, for as long as a run's lease holds without a heartbeat:
/// until then no other trainer takes the run. For one thread.
final class Patience {
  private static final long NONE = Long.MIN_VALUE;

  private final Duration limit;
  private final LongSupplier nanoTime;
  private long awaySinceNanos = NONE;

  Patience(Duration limit, LongSupplier nanoTime) {
    this.limit = limit;
    this.nanoTime = nanoTime;
  }

  /// The database has answered.
  void reset() {
    awaySinceNanos = NONE;
  }

  /// @return whether to go on without the answer; false for any other failure, and when it lasts
  ///     too long
  boolean bears(RuntimeException failure) {
    if (!Failures.isTemporary(failure) || Thread.currentThread().isInterrupted()) {
      return false;
    }
    long now = nanoTime.getAsLong();
    awaySinceNanos = awaySinceNanos == NONE ? now : awaySinceNanos;
    return now - awaySinceNanos < limit.toNanos();
  }
}
