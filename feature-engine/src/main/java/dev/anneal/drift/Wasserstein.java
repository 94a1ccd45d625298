package dev.anneal.drift;

/// The area ∫|F − G| between two distribution functions (Wasserstein's distance of order 1), in the
/// values' unit; normed by the reference's σ, in σ.
final class Wasserstein {
  private static final double LEAST_SIGMA = .001;

  private Wasserstein() {}

  static double normed(double distance, double referenceSigma) {
    return distance / Math.max(referenceSigma, LEAST_SIGMA);
  }

  /// Over bins, on a straight line within each; the outer bins end at the reference's .1 % and
  /// 99.9 % quantiles, so that the values are winsorised there. 0 when a side is empty or the
  /// extent is not known.
  static double ofBins(FeatureProfile profile, long[] current) {
    var edges = profile.bins().edges();
    var extent = profile.extent();
    int bins = edges.size() + 1;
    double n = 0;
    double m = 0;
    for (int bin = 0; bin < bins; bin++) {
      n += profile.counts().get(bin);
      m += current[bin];
    }
    if (n == 0 || m == 0 || !extent.isKnown()) {
      return 0;
    }
    double area = 0;
    double before = 0; // F - G at the bin's start
    for (int bin = 0; bin < bins; bin++) {
      double from = bin == 0 ? extent.low() : Math.max(extent.low(), edges.get(bin - 1));
      double to = bin == bins - 1 ? extent.high() : Math.min(extent.high(), edges.get(bin));
      double after = before + profile.counts().get(bin) / n - current[bin] / m;
      area += Math.max(0, to - from) * meanMagnitude(before, after);
      before = after;
    }
    return area;
  }

  /// The mean of |y| on a straight line from a to b.
  private static double meanMagnitude(double a, double b) {
    return a * b >= 0 ? Math.abs(a + b) / 2 : (a * a + b * b) / (2 * (Math.abs(a) + Math.abs(b)));
  }
}
