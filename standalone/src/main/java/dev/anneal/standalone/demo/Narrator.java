package dev.anneal.standalone.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/// Prints lines with the seconds since the start.
public final class Narrator {
  private final PrintStream out;
  private final long start = System.nanoTime();

  public Narrator(PrintStream out) {
    this.out = out;
  }

  Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  double seconds() {
    return elapsed().toMillis() / 1000.0;
  }

  public synchronized void say(String line) {
    out.printf(Locale.ROOT, "[%6.1f s] %s%n", seconds(), line);
    out.flush();
  }
}
