package dev.anneal.drift;

import java.util.Arrays;
import java.util.Locale;

/// How it is corrected for that many features are tested at once.
public enum Correction {
  /// The expected share of false discoveries stays below the rate (Benjamini and Hochberg 1995).
  BENJAMINI_HOCHBERG {
    @Override
    double bound(double[] sorted, double rate) {
      double bound = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < sorted.length; i++) {
        bound = sorted[i] <= rate * (i + 1) / sorted.length ? sorted[i] : bound;
      }
      return bound;
    }
  },

  /// The probability of any false discovery stays below the rate.
  BONFERRONI {
    @Override
    double bound(double[] sorted, double rate) {
      return rate / sorted.length;
    }
  },

  /// Each test is wrong as often as the rate says.
  NONE {
    @Override
    double bound(double[] sorted, double rate) {
      return rate;
    }
  };

  /// Up to which p-value tests are discoveries.
  ///
  /// @param sorted p-values, ascending
  abstract double bound(double[] sorted, double rate);

  /// Which of many tests are discoveries.
  ///
  /// @param pValues NaN is not tested
  boolean[] discoveries(double[] pValues, double rate) {
    double[] sorted = Arrays.stream(pValues).filter(p -> !Double.isNaN(p)).sorted().toArray();
    double bound = bound(sorted, rate);
    var rejected = new boolean[pValues.length];
    for (int i = 0; i < pValues.length; i++) {
      rejected[i] = pValues[i] <= bound;
    }
    return rejected;
  }

  /// As definitions name it.
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
