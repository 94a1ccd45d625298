package dev.anneal.standalone;

import java.io.PrintStream;
import java.time.Duration;
import java.util.function.LongSupplier;

/// Waits of the command line: on a busy machine an answer takes its time, so each waits long and
/// says every now and then what it waits for.
final class AnswerWait {
  /// For an answer; who waits in vain has been told what for by then.
  static final Duration LONGEST = Duration.ofMinutes(10);

  private static final Duration NOTICE = Duration.ofSeconds(10);

  private final String what;
  private final Duration limit;
  private final PrintStream out;
  private final LongSupplier nanoTime;
  private final long startNanos;
  private long noticeNanos;

  /// @param what is waited for, e.g. `control to answer`
  AnswerWait(String what, Duration limit, PrintStream out) {
    this(what, limit, out, System::nanoTime);
  }

  AnswerWait(String what, Duration limit, PrintStream out, LongSupplier nanoTime) {
    this.what = what;
    this.limit = limit;
    this.out = out;
    this.nanoTime = nanoTime;
    this.startNanos = nanoTime.getAsLong();
    this.noticeNanos = startNanos + NOTICE.toNanos();
  }

  /// @return whether to go on waiting
  boolean lasts() {
    long now = nanoTime.getAsLong();
    if (now - noticeNanos >= 0) {
      noticeNanos = now + NOTICE.toNanos();
      out.printf("anneal: waiting for %s (%d s)%n", what, (now - startNanos) / 1_000_000_000);
    }
    return now - startNanos < limit.toNanos();
  }
}
