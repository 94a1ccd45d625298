package dev.anneal.stage;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Detects that the wall clock was set back. Kafka's clients and Debezium wait by the wall clock:
/// where it is set back by an hour, their waits last an hour longer, and nothing is captured or
/// read meanwhile. They cannot be stopped in order either, so the process has to end and to be
/// started again; whatever it does may be cut short.
public final class ClockWatch {
  private static final Logger LOG = LoggerFactory.getLogger(ClockWatch.class);

  /// `EX_TEMPFAIL`: the exit code of a process that is to be started again.
  public static final int START_AGAIN = 75;

  /// A clock that is set back by less ends no process: what waits by it waits as much longer.
  static final Duration TOLERANCE = Duration.ofMinutes(1);

  private static final Duration LOOK = Duration.ofSeconds(2);

  private final InstantSource wall;
  private final LongSupplier nanoTime;
  private long offset;
  private Duration setBack = Duration.ZERO;

  ClockWatch(InstantSource wall, LongSupplier nanoTime) {
    this.wall = wall;
    this.nanoTime = nanoTime;
    this.offset = offset();
  }

  /// Ends this process when the clock is set back. Its supervisor starts it again.
  public static void endProcessWhenSetBack() {
    ofThisMachine().endProcess();
  }

  void endProcess() {
    follow(
        message -> {
          try {
            LOG.error("{}: exit code {}, start it again", message, START_AGAIN);
          } finally {
            Runtime.getRuntime().halt(START_AGAIN);
          }
        });
  }

  /// Watches from now on.
  ///
  /// @param setBack called once, on a thread of its own, with a line for people; has to end the
  ///     process
  public static void start(Consumer<String> setBack) {
    ofThisMachine().follow(setBack);
  }

  private static ClockWatch ofThisMachine() {
    return new ClockWatch(InstantSource.system(), System::nanoTime);
  }

  private void follow(Consumer<String> reaction) {
    Thread.ofPlatform()
        .daemon()
        .name("clock-watch")
        .start(
            () -> {
              while (!wasSetBack()) {
                LockSupport.parkNanos(LOOK.toNanos());
              }
              reaction.accept(message());
            });
  }

  /// @return whether it was set back by [#TOLERANCE] or more between two calls
  boolean wasSetBack() {
    // a machine that stands still between the two clocks of a reading makes that one too small
    long now = Math.max(offset(), offset());
    var back = Duration.ofMillis(offset - now);
    offset = now;
    if (back.compareTo(TOLERANCE) >= 0) {
      setBack = back;
    }
    return !setBack.isZero();
  }

  String message() {
    return "the clock was set back by %d s, which would stop Kafka's clients for as long"
        .formatted(setBack.toSeconds());
  }

  private long offset() {
    return wall.millis() - nanoTime.getAsLong() / 1_000_000;
  }
}
