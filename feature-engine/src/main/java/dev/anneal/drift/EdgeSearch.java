package dev.anneal.drift;

import java.util.Arrays;
import java.util.List;

/// Which of k + 1 bins a number is in, without a branch that the data decides: a binary search
/// whose every step is a conditional move, over edges padded to a power of two.
final class EdgeSearch {
  private final double[] edges;
  private final double[] padded; // with +∞ to a length of 2^n - 1
  private final int half;

  /// @param edges ascending
  EdgeSearch(double[] edges) {
    this.edges = edges;
    int size = Integer.highestOneBit(edges.length) * 2;
    this.padded = Arrays.copyOf(edges, Math.max(0, size - 1));
    Arrays.fill(padded, edges.length, padded.length, Double.POSITIVE_INFINITY);
    this.half = size / 2;
  }

  /// How many edges are at or below the value.
  ///
  /// @param value finite
  int binOf(double value) {
    int at = 0;
    for (int step = half; step > 0; step >>= 1) {
      at += padded[at + step - 1] <= value ? step : 0;
    }
    return at;
  }

  int count() {
    return edges.length;
  }

  List<Double> edges() {
    return Arrays.stream(edges).boxed().toList();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EdgeSearch that && Arrays.equals(edges, that.edges);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(edges);
  }

  @Override
  public String toString() {
    return Arrays.toString(edges);
  }
}
