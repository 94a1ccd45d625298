package dev.anneal.drift;

import java.util.List;
import java.util.TreeSet;

/// Bins over one sensor's values that can tell its reference from the same in another unit: the
/// reference's own edges and, for every [mistake][UnitMistakes], five points of the converted
/// reference. The first and the last bin are far out of range.
final class SensorBins {
  private static final double[] CONVERTED_SHARES = {0, .25, .5, .75, 1};

  private final EdgeSearch search;
  private final double farLow;
  private final double farHigh;

  private SensorBins(EdgeSearch search, double farLow, double farHigh) {
    this.search = search;
    this.farLow = farLow;
    this.farHigh = farHigh;
  }

  /// One bin, nothing far, where the reference has no range to be out of.
  static SensorBins of(FeatureProfile profile, double farRanges) {
    var extent = profile.extent();
    if (!extent.isKnown() || extent.isConstant()) {
      return new SensorBins(
          new EdgeSearch(new double[0]), Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
    }
    double far = farRanges * (extent.maximum() - extent.minimum());
    double farLow = extent.minimum() - far;
    double farHigh = extent.maximum() + far;
    var edges = new TreeSet<>(profile.bins().edges());
    var distribution = Distribution.of(profile);
    for (double share : CONVERTED_SHARES) {
      double point = distribution.pointNear(share);
      edges.add(point);
      for (var conversion : UnitMistakes.ALL) {
        edges.add(conversion.apply(point));
      }
    }
    edges.removeIf(edge -> !Double.isFinite(edge));
    return new SensorBins(
        new EdgeSearch(edges.stream().mapToDouble(Double::doubleValue).toArray()), farLow, farHigh);
  }

  int count() {
    return search.edges().size() + 1;
  }

  /// @param value finite
  int binOf(double value) {
    return search.binOf(value);
  }

  boolean isFar(double value) {
    return value < farLow || value > farHigh;
  }

  /// How many of the counted values lie out of the reference's range, far or not.
  long outside(long[] counts, Extent extent) {
    var edges = edges();
    long outside = counts[0];
    for (int bin = 1; bin < counts.length; bin++) {
      double from = edges.get(bin - 1);
      outside += from < extent.minimum() || from > extent.maximum() ? counts[bin] : 0;
    }
    return outside;
  }

  List<Double> edges() {
    return search.edges();
  }
}
