package dev.anneal.drift;

import java.util.Arrays;

/// The Jensen-Shannon distance of two samples over the same bins: the root of the divergence in
/// natural logarithms, from 0 to √ln 2 = .833.
final class JensenShannon {
  private JensenShannon() {}

  static double distance(long[] reference, long[] current) {
    double n = Arrays.stream(reference).sum();
    double m = Arrays.stream(current).sum();
    if (n == 0 || m == 0) {
      return n == m ? 0 : Math.sqrt(Math.log(2));
    }
    double divergence = 0;
    for (int bin = 0; bin < reference.length; bin++) {
      double p = reference[bin] / n;
      double q = current[bin] / m;
      divergence += part(p, (p + q) / 2) + part(q, (p + q) / 2);
    }
    return Math.sqrt(Math.max(0, divergence / 2));
  }

  /// Of a distance, the same to base 2, as SciPy's with `base=2`: from 0 to 1.
  static double toBase2(double distance) {
    return distance / Math.sqrt(Math.log(2));
  }

  private static double part(double p, double mean) {
    return p == 0 ? 0 : p * Math.log(p / mean);
  }
}
