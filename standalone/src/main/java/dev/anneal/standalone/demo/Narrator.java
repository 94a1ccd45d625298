package dev.anneal.standalone.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/// Prints lines with the seconds since the start.
public final class Narrator {
  private final PrintStream out;
  private final LongSupplier nanoTime;
  private final long start;

  public Narrator(PrintStream out) {
    this(out, System::nanoTime);
  }

  Narrator(PrintStream out, LongSupplier nanoTime) {
    this.out = out;
    this.nanoTime = nanoTime;
    this.start = nanoTime.getAsLong();
  }

  Duration elapsed() {
    return Duration.ofNanos(nanoTime.getAsLong() - start);
  }

  double seconds() {
    return elapsed().toMillis() / 1000.0;
  }

  public synchronized void say(String line) {
    out.printf(Locale.ROOT, "[%6.1f s] %s%n", seconds(), line);
    out.flush();
  }
}
