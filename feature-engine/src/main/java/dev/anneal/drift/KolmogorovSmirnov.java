package dev.anneal.drift;

import java.util.Arrays;
import org.apache.datasketches.kll.KllFloatsSketch;
import org.apache.datasketches.quantilescommon.QuantileSearchCriteria;

/// The greatest distance D between two distribution functions, and the probability of at least as
/// much without drift: Kolmogorov's law with Stephens' correction, for effective sizes.
record KolmogorovSmirnov(double distance, double pValue) {
  private static final double NEGLIGIBLE = 1e-18;

  /// Over bins: no more than D of the values, so its p-value errs to the side of no drift.
  ///
  /// @param reference counts of the finite values' bins
  /// @param current likewise
  static KolmogorovSmirnov ofBins(
      long[] reference, long[] current, double referenceSize, double currentSize) {
    double n = Arrays.stream(reference).sum();
    double m = Arrays.stream(current).sum();
    double distance = 0;
    double f = 0;
    double g = 0;
    for (int bin = 0; bin < reference.length && n > 0 && m > 0; bin++) {
      f += reference[bin] / n;
      g += current[bin] / m;
      distance = Math.max(distance, Math.abs(f - g));
    }
    return of(distance, referenceSize, currentSize);
  }

  /// Of two sketches, less what their ranks may be wrong by.
  static KolmogorovSmirnov of(
      KllFloatsSketch reference,
      KllFloatsSketch current,
      double referenceSize,
      double currentSize) {
    double error = reference.getNormalizedRankError(false) + current.getNormalizedRankError(false);
    double distance = Math.max(greatest(reference, current), greatest(current, reference));
    return of(Math.max(0, distance - error), referenceSize, currentSize);
  }

  private static double greatest(KllFloatsSketch at, KllFloatsSketch other) {
    double greatest = 0;
    for (float x : at.getSortedView().getQuantiles()) {
      double f = at.getRank(x, QuantileSearchCriteria.INCLUSIVE);
      double g = other.getRank(x, QuantileSearchCriteria.INCLUSIVE);
      greatest = Math.max(greatest, Math.abs(f - g));
    }
    return greatest;
  }

  static KolmogorovSmirnov of(double distance, double referenceSize, double currentSize) {
    double root = Math.sqrt(referenceSize * currentSize / (referenceSize + currentSize));
    return new KolmogorovSmirnov(distance, upperTail((root + .12 + .11 / root) * distance));
  }

  /// 2 Σ (-1)^(j-1) exp(-2 j² λ²).
  static double upperTail(double lambda) {
    if (!(lambda > .2)) {
      return 1; // to 12 digits; the sum converges ever more slowly
    }
    double sum = 0;
    for (int j = 1; ; j++) {
      double term = Math.exp(-2.0 * j * j * lambda * lambda);
      sum += j % 2 == 1 ? term : -term;
      if (term < NEGLIGIBLE) {
        return Math.clamp(2 * sum, 0, 1);
      }
    }
  }
}
