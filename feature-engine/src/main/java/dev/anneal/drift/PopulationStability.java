package dev.anneal.drift;

import java.util.Arrays;

/// The population stability index Σ (p − q) ln(p/q) of two samples over the same bins, each bin
/// with half a row more. Without drift PSI / (1/n + 1/m) follows χ² with one degree of freedom less
/// than bins (`docs/methods.md`); n and m are the effective sizes. Bins that are empty on both
/// sides do not count.
///
/// @param chiSquare the index over its scale
record PopulationStability(double index, double chiSquare, int degreesOfFreedom, double pValue) {
  /// What Evidently puts in the place of an empty bin's share.
  private static final double EVIDENTLY_SHARE = 1e-4;

  /// As Evidently computes it over the same bins: shares as they are, empty ones at 1e-4. It has no
  /// law, and no p-value.
  static double asEvidently(long[] reference, long[] current) {
    double n = Arrays.stream(reference).sum();
    double m = Arrays.stream(current).sum();
    double index = 0;
    for (int i = 0; i < reference.length; i++) {
      double p = reference[i] == 0 ? EVIDENTLY_SHARE : reference[i] / n;
      double q = current[i] == 0 ? EVIDENTLY_SHARE : current[i] / m;
      index += (p - q) * Math.log(p / q);
    }
    return index;
  }

  static PopulationStability of(
      long[] reference, long[] current, double referenceSize, double currentSize) {
    int bins = 0;
    double n = 0;
    double m = 0;
    for (int i = 0; i < reference.length; i++) {
      bins += reference[i] + current[i] > 0 ? 1 : 0;
      n += reference[i];
      m += current[i];
    }
    double index = 0;
    for (int i = 0; i < reference.length; i++) {
      if (reference[i] + current[i] > 0) {
        double p = (reference[i] + .5) / (n + .5 * bins);
        double q = (current[i] + .5) / (m + .5 * bins);
        index += (p - q) * Math.log(p / q);
      }
    }
    double chiSquare = index / (1 / referenceSize + 1 / currentSize);
    double pValue = bins < 2 ? 1 : ChiSquare.upperTail(chiSquare, bins - 1);
    return new PopulationStability(index, chiSquare, Math.max(0, bins - 1), pValue);
  }
}
