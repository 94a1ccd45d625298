package dev.anneal.features;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Grows the [ThresholdTree] of clusters: a leaf for each, every split the one that parts the
/// fewest points from their centers, and of those the one in the widest gap (Moshkovitz, Dasgupta,
/// Rashtchian, Frost: Explainable k-means and k-medians clustering, ICML 2020, algorithm IMM).
/// Points on another side than their center count no more further down.
final class ClusterTree {
  private static final Comparator<Cut> BEST =
      Comparator.comparingInt(Cut::mistakes).thenComparing(Cut::gap, Comparator.reverseOrder());

  private final float[][] points;
  private final int[] clusters;
  private final int[] columns;
  private final double[] scales;
  private final double[][] centers;
  private int leaves;

  /// @param gap between the values on both sides, scaled
  private record Cut(int setting, float threshold, int mistakes, double gap) {}

  /// @param clusters of the points
  /// @param columns of the settings, which the points consist of
  /// @param scales of the settings
  ClusterTree(float[][] points, int[] clusters, int[] columns, double[] scales) {
    this.points = points;
    this.clusters = clusters;
    this.columns = columns;
    this.scales = scales;
    this.centers = centers();
  }

  private double[][] centers() {
    var sums = new double[Arrays.stream(clusters).max().orElse(0) + 1][columns.length];
    var counts = new int[sums.length];
    for (int i = 0; i < points.length; i++) {
      counts[clusters[i]]++;
      for (int s = 0; s < columns.length; s++) {
        sums[clusters[i]][s] += points[i][s];
      }
    }
    for (int c = 0; c < sums.length; c++) {
      for (int s = 0; s < columns.length; s++) {
        sums[c][s] /= counts[c]; // NaN without points: such a cluster is never asked for
      }
    }
    return sums;
  }

  ThresholdTree grow() {
    return grow(IntStream.range(0, points.length).toArray());
  }

  private ThresholdTree grow(int[] members) {
    Cut best =
        IntStream.range(0, columns.length)
            .mapToObj(setting -> best(setting, members))
            .flatMap(Optional::stream)
            .min(BEST)
            .orElse(null);
    if (best == null) {
      return new ThresholdTree.Leaf(leaves++);
    }
    var below = grow(side(members, best, true));
    var above = grow(side(members, best, false));
    return new ThresholdTree.Split(columns[best.setting()], best.threshold(), below, above);
  }

  /// The points on one side, with their centers.
  private int[] side(int[] members, Cut cut, boolean isBelow) {
    return Arrays.stream(members)
        .filter(i -> points[i][cut.setting()] < cut.threshold() == isBelow)
        .filter(i -> centers[clusters[i]][cut.setting()] < cut.threshold() == isBelow)
        .toArray();
  }

  /// Empty where no threshold parts two centers.
  private Optional<Cut> best(int setting, int[] members) {
    int[] sorted =
        Arrays.stream(members)
            .boxed()
            .sorted(Comparator.comparing(i -> points[i][setting]))
            .mapToInt(i -> i)
            .toArray();
    var sizes = new int[centers.length];
    var passed = new int[centers.length]; // points of the cluster below the threshold
    for (int i : members) {
      sizes[clusters[i]]++;
    }
    Cut best = null;
    for (int at = 1; at < sorted.length; at++) {
      passed[clusters[sorted[at - 1]]]++;
      float low = points[sorted[at - 1]][setting];
      float high = points[sorted[at]][setting];
      if (low < high) {
        var cut = cut(setting, low, high, sizes, passed);
        best = cut != null && (best == null || BEST.compare(cut, best) < 0) ? cut : best;
      }
    }
    return Optional.ofNullable(best);
  }

  private @Nullable Cut cut(int setting, float low, float high, int[] sizes, int[] passed) {
    float middle = (float) (((double) low + high) / 2);
    float threshold = middle > low ? middle : high;
    int mistakes = 0;
    int centersBelow = 0;
    int centersAbove = 0;
    for (int c = 0; c < sizes.length; c++) {
      if (sizes[c] > 0) {
        boolean isBelow = centers[c][setting] < threshold;
        mistakes += isBelow ? sizes[c] - passed[c] : passed[c];
        centersBelow += isBelow ? 1 : 0;
        centersAbove += isBelow ? 0 : 1;
      }
    }
    return centersBelow == 0 || centersAbove == 0
        ? null
        : new Cut(setting, threshold, mistakes, ((double) high - low) / scales[setting]);
  }
}
