package dev.anneal.stage;

import java.time.Duration;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sees that the wall clock was set back. Kafka's clients and Debezium wait by the wall clock:
/// where it is set back by an hour, their waits last an hour longer, and nothing is captured or
/// read meanwhile. The way out is to start anew; whatever a process does may be cut short.
public final class ClockWatch {
  private static final Logger LOG = LoggerFactory.getLogger(ClockWatch.class);

  /// What delays for less is waited for.
  static final Duration TOLERANCE = Duration.ofMinutes(1);

  private static final Duration LOOK = Duration.ofSeconds(2);

  /// `EX_TEMPFAIL`: the process is to be started again.
  private static final int START_AGAIN = 75;

  private final InstantSource wall;
  private final LongSupplier nanoTime;
  private long offset;
  private Duration setBack = Duration.ZERO;

  public ClockWatch() {
    this(InstantSource.system(), System::nanoTime);
  }

  ClockWatch(InstantSource wall, LongSupplier nanoTime) {
    this.wall = wall;
    this.nanoTime = nanoTime;
    this.offset = offset();
  }

  /// Ends this process when the clock is set back. Its supervisor starts it again.
  public static void endProcessWhenSetBack() {
    var watch = new ClockWatch();
    Thread.ofPlatform().daemon().name("clock-watch").start(watch::awaitSetBack);
  }

  private void awaitSetBack() {
    try {
      while (!wasSetBack()) {
        Thread.sleep(LOOK);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    LOG.error("{}: this process ends, exit code {}, to be started again", message(), START_AGAIN);
    Runtime.getRuntime().halt(START_AGAIN); // to stop in order could wait by the clock, too
  }

  /// Looks.
  ///
  /// @return whether it was set back by a minute or more between two looks of this watch
  public boolean wasSetBack() {
    // a machine that stands still between the two clocks of a reading makes that one too small
    long now = Math.max(offset(), offset());
    var back = Duration.ofMillis(offset - now);
    offset = now;
    if (back.compareTo(TOLERANCE) >= 0) {
      setBack = back;
    }
    return !setBack.isZero();
  }

  /// For people.
  public String message() {
    return "the clock was set back by %d s, and what waits by it would stand still as long"
        .formatted(setBack.toSeconds());
  }

  private long offset() {
    return wall.millis() - nanoTime.getAsLong() / 1_000_000;
  }
}
