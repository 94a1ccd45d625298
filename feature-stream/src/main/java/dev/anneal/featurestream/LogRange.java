package dev.anneal.featurestream;

/// The smallest part of the log that has all offsets which it was told to cover.
final class LogRange {
  private long from = Long.MAX_VALUE;
  private long to = Long.MIN_VALUE;

  void cover(long offset) {
    from = Math.min(from, offset);
    to = Math.max(to, offset + 1);
  }

  boolean isEmpty() {
    return from >= to;
  }

  long from() {
    return from;
  }

  /// Exclusive.
  long to() {
    return to;
  }
}
