package dev.anneal.stage;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/// The wall clock, for code that waits until a clock shows a time, as db-scheduler does. When the
/// wall clock is set back by an hour, such a wait would last an hour longer. Therefore the first
/// look of each thread after that shows the time of its look before plus the time that has passed,
/// which ends the wait; its next look shows the wall clock.
public final class WaitClock implements InstantSource {
  /// Clocks that are set back by less delay nobody.
  private static final Duration TOLERANCE = Duration.ofSeconds(1);

  private record Look(Instant time, long nanos) {}

  private final InstantSource wall;
  private final LongSupplier nanoTime;
  private final ThreadLocal<Look> last = new ThreadLocal<>();

  public WaitClock(InstantSource wall) {
    this(wall, System::nanoTime);
  }

  WaitClock(InstantSource wall, LongSupplier nanoTime) {
    this.wall = wall;
    this.nanoTime = nanoTime;
  }

  @Override
  public Instant instant() {
    var now = new Look(wall.instant(), nanoTime.getAsLong());
    Look before = last.get();
    last.set(now);
    if (before == null) {
      return now.time();
    }
    Instant steady = before.time().plusNanos(now.nanos() - before.nanos());
    return now.time().isBefore(steady.minus(TOLERANCE)) ? steady : now.time();
  }
}
