package dev.anneal.features;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// The settings of rows that have all, and the clusters they form.
final class OperatingPoints {
  private static final int MAX_POINTS = 20_000; // spread evenly over the rows: regimes are coarse

  private final int[] columns;
  private final float[][] points;
  private final double[] deviations;

  /// @param rows row-major
  /// @param columns of the settings
  /// @throws IllegalArgumentException when no row has all settings
  OperatingPoints(float[] rows, int width, int[] columns) {
    this.columns = columns;
    this.points = points(rows, width, columns);
    this.deviations = IntStream.range(0, columns.length).mapToDouble(this::deviation).toArray();
  }

  private static float[][] points(float[] rows, int width, int[] columns) {
    int[] usable =
        IntStream.range(0, rows.length / width)
            .map(row -> row * width)
            .filter(from -> Arrays.stream(columns).allMatch(c -> Summary.isPresent(rows[from + c])))
            .toArray();
    if (usable.length == 0) {
      throw new IllegalArgumentException("no row has all operating settings");
    }
    var points = new float[Math.min(usable.length, MAX_POINTS)][columns.length];
    for (int i = 0; i < points.length; i++) {
      int from = usable[(int) ((long) i * usable.length / points.length)];
      for (int s = 0; s < columns.length; s++) {
        points[i][s] = rows[from + columns[s]];
      }
    }
    return points;
  }

  private double deviation(int setting) {
    double mean = Arrays.stream(points).mapToDouble(p -> p[setting]).average().orElse(0);
    double variance =
        Arrays.stream(points)
            .mapToDouble(p -> (p[setting] - mean) * (p[setting] - mean))
            .average()
            .orElse(0);
    return variance > 0 ? Math.sqrt(variance) : 1;
  }

  /// One leaf for each of `count` clusters; fewer where there are fewer distinct points.
  ThresholdTree tree(int count, long seed) {
    var scaled = new double[points.length][columns.length];
    for (int i = 0; i < scaled.length; i++) {
      for (int s = 0; s < columns.length; s++) {
        scaled[i][s] = points[i][s] / deviations[s];
      }
    }
    double[][] centers = KMeans.centers(scaled, count, new SplittableRandom(seed));
    int[] clusters = Arrays.stream(scaled).mapToInt(p -> KMeans.nearest(p, centers)).toArray();
    return new ClusterTree(points, clusters, columns, deviations).grow();
  }
}
