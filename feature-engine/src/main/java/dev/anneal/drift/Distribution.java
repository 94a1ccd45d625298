package dev.anneal.drift;

import java.util.Arrays;

/// The finite values of a reference profile as a distribution function: exact at the bins' edges,
/// on a straight line between them and to the extremes.
final class Distribution {
  private final double[] points; // ascending
  private final double[] shares; // of the values below each point

  private Distribution(double[] points, double[] shares) {
    this.points = points;
    this.shares = shares;
  }

  /// @param profile with finite values and a known extent
  static Distribution of(FeatureProfile profile) {
    var edges = profile.bins().edges();
    var points = new double[edges.size() + 2];
    var shares = new double[points.length];
    points[0] = profile.extent().minimum();
    double below = 0;
    for (int i = 0; i < edges.size(); i++) {
      points[i + 1] = edges.get(i);
      below += profile.counts().get(i);
      shares[i + 1] = below;
    }
    int last = points.length - 1;
    points[last] = Math.nextUp((float) profile.extent().maximum());
    double all = below + profile.counts().get(edges.size());
    for (int i = 1; i < last; i++) {
      shares[i] /= all;
    }
    shares[last] = 1;
    return new Distribution(points, shares);
  }

  double shareBelow(double x) {
    if (!(x > points[0])) {
      return 0;
    }
    int at = Arrays.binarySearch(points, x);
    if (at >= 0) {
      return shares[at];
    }
    int above = -at - 1;
    if (above == points.length) {
      return 1;
    }
    double along = (x - points[above - 1]) / (points[above] - points[above - 1]);
    return shares[above - 1] + along * (shares[above] - shares[above - 1]);
  }

  /// The point at which the share below is nearest to this one.
  double pointNear(double share) {
    int best = 0;
    for (int i = 1; i < points.length; i++) {
      best = Math.abs(shares[i] - share) < Math.abs(shares[best] - share) ? i : best;
    }
    return points[best];
  }
}
