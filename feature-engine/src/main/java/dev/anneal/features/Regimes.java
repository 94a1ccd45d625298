package dev.anneal.features;

import java.util.Arrays;
import java.util.SplittableRandom;

/// Operating regimes, learned from training rows and frozen with the model version, and features
/// relative to them: a machine that runs at another setting has other values without being in
/// another condition.
///
/// Settings are scaled by their standard deviations and clustered by [KMeans]; rows that lack a
/// setting are left out. The same rows, settings and seed give the same regimes. A feature's
/// z-score is (x − m) / s with its mean m and population standard deviation s over the regime's
/// training rows; s counts as 1 where the feature is constant. A value that is missing stays so,
/// and all are missing in a row that lacks a setting.
public final class Regimes {
  /// Most regimes.
  public static final int MAX_COUNT = 64;

  private final int[] settings;
  private final double[] scales;
  private final double[][] centers; // scaled
  private final double[][] means; // by regime and feature
  private final double[][] deviations;

  private Regimes(int[] settings, double[] scales, double[][] centers, int width) {
    this.settings = settings;
    this.scales = scales;
    this.centers = centers;
    this.means = new double[centers.length][width];
    this.deviations = new double[centers.length][width];
  }

  /// @param rows feature vectors, NaN for missing
  /// @param settings which features are the operating settings
  /// @param count regimes to find; as many as there are distinct settings where those are fewer
  /// @throws IllegalArgumentException when no row has all settings
  public static Regimes learn(float[][] rows, int[] settings, int count, long seed) {
    if (settings.length == 0 || count < 1 || count > MAX_COUNT) {
      throw new IllegalArgumentException(
          "regimes need 1 to %d centers and at least one setting, were %d centers of %d settings"
              .formatted(MAX_COUNT, count, settings.length));
    }
    var usable =
        Arrays.stream(rows)
            .filter(row -> Arrays.stream(settings).allMatch(s -> Summary.isPresent(row[s])))
            .toArray(float[][]::new);
    if (usable.length == 0) {
      throw new IllegalArgumentException("no row has all operating settings");
    }
    double[] scales = scales(usable, settings);
    var points =
        Arrays.stream(usable).map(r -> point(r, settings, scales)).toArray(double[][]::new);
    var centers = KMeans.centers(points, count, new SplittableRandom(seed));
    var regimes = new Regimes(settings.clone(), scales, centers, rows[0].length);
    regimes.measure(usable);
    return regimes;
  }

  private static double[] scales(float[][] rows, int[] settings) {
    var scales = new double[settings.length];
    for (int i = 0; i < settings.length; i++) {
      int setting = settings[i];
      double mean = Arrays.stream(rows).mapToDouble(row -> row[setting]).average().orElse(0);
      double variance =
          Arrays.stream(rows)
              .mapToDouble(row -> (row[setting] - mean) * (row[setting] - mean))
              .average()
              .orElse(0);
      scales[i] = variance > 0 ? Math.sqrt(variance) : 1;
    }
    return scales;
  }

  private static double[] point(float[] row, int[] settings, double[] scales) {
    var point = new double[settings.length];
    for (int i = 0; i < point.length; i++) {
      point[i] = row[settings[i]] / scales[i];
    }
    return point;
  }

  private void measure(float[][] rows) {
    int width = means[0].length;
    var cells = new double[centers.length * width * Moments.CELLS];
    var moments = new Moments(width);
    var wide = new double[width];
    for (float[] row : rows) {
      Arrays.setAll(wide, i -> row[i]);
      moments.append(cells, assign(row) * moments.cells(), wide, 0, 0);
    }
    for (int regime = 0; regime < centers.length; regime++) {
      for (int feature = 0; feature < width; feature++) {
        int at = (regime * width + feature) * Moments.CELLS;
        double deviation = Moments.deviation(cells, at);
        means[regime][feature] = Moments.mean(cells, at);
        deviations[regime][feature] = deviation > 0 ? deviation : 1;
      }
    }
  }

  public int count() {
    return centers.length;
  }

  /// The row's regime, −1 where it lacks a setting.
  public int assign(float[] row) {
    for (int setting : settings) {
      if (!Summary.isPresent(row[setting])) {
        return -1;
      }
    }
    return KMeans.nearest(point(row, settings, scales), centers);
  }

  /// The row's z-scores within its regime; may be the row itself.
  public void standardize(float[] row, float[] target) {
    int regime = assign(row);
    for (int i = 0; i < row.length; i++) {
      target[i] =
          regime < 0
              ? Float.NaN
              : Summary.feature((row[i] - means[regime][i]) / deviations[regime][i]);
    }
  }
}
