package dev.anneal.drift;

import java.util.Arrays;

/// Benjamini and Hochberg's correction: of many tests at once, which are discoveries, so that the
/// expected share of false ones among them stays below a rate.
final class Discoveries {
  private Discoveries() {}

  /// @param pValues NaN is not tested
  static boolean[] of(double[] pValues, double rate) {
    var sorted = Arrays.stream(pValues).filter(p -> !Double.isNaN(p)).sorted().toArray();
    double bound = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < sorted.length; i++) {
      bound = sorted[i] <= rate * (i + 1) / sorted.length ? sorted[i] : bound;
    }
    var rejected = new boolean[pValues.length];
    for (int i = 0; i < pValues.length; i++) {
      rejected[i] = pValues[i] <= bound;
    }
    return rejected;
  }
}
