package dev.anneal.trainer;

/// Unwinds an attempt that must not go on.
final class Stopped extends RuntimeException {
  private final transient Attempted end;

  Stopped(Attempted end) {
    super("the attempt must not go on: " + end, null, false, false);
    this.end = end;
  }

  Attempted end() {
    return end;
  }
}
