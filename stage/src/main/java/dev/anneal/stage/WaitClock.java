package dev.anneal.stage;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/// A clock for those who wait until it shows a time. When the wall clock is set back, such a wait
/// would last as much longer: db-scheduler began and revived nothing until then. So of each thread
/// the first look after that still goes on from the look before, which ends the wait; the next one
/// shows the wall clock. For a step right between two looks that are no wait it changes nothing.
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
