package dev.anneal.bench;

/// Tells on standard error how far it is; the report goes to standard output.
public final class Progress {
  private static final long START = System.nanoTime();

  private Progress() {}

  public static void say(String format, Object... arguments) {
    long seconds = (System.nanoTime() - START) / 1_000_000_000L;
    System.err.printf("anneal bench: [%4d s] %s%n", seconds, format.formatted(arguments));
  }
}
