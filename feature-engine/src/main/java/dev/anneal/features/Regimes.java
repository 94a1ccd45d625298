package dev.anneal.features;

import java.util.Arrays;
import java.util.List;
import java.util.Set;

/// Operating regimes, learned from training rows and frozen with the model version, and features
/// relative to them: a machine that runs at another setting has other values without being in
/// another condition.
///
/// Settings are scaled by their standard deviations and clustered by [KMeans]; a [ThresholdTree] of
/// the clusters says which regime a row is of. A feature becomes its z-score (x − m) / s with the
/// mean m and the population standard deviation s of the feature over the regime's training rows,
/// computed in float32. A row that lacks a setting is of no regime: its m and s are those of all
/// rows, as are those of a feature that has no value in a regime. s counts as 1 where a feature
/// moves by less than float32 resolves. A value that is missing stays so. The settings' own values,
/// the clock's features and the staleness stay as they are. The same rows, settings and seed give
/// the same bits.
public final class Regimes {
  public static final int MIN_COUNT = 2;
  public static final int MAX_COUNT = 16;

  private final int width;
  private final int[] settings;
  private final ThresholdTree tree;
  private final int count;
  private final float[] means; // by regime and feature; last those of all rows
  private final float[] deviations;
  private final long[] rows; // by regime; last those that lack a setting
  private final double[][] centers; // by regime and setting

  private Regimes(int width, int[] settings, ThresholdTree tree) {
    this.width = width;
    this.settings = settings;
    this.tree = tree;
    this.count = tree.regimes();
    this.means = new float[(count + 1) * width];
    this.deviations = new float[(count + 1) * width];
    this.rows = new long[count + 1];
    this.centers = new double[count][settings.length];
    Arrays.fill(deviations, 1);
  }

  /// @param names of the features
  /// @param settings names of those that are the operating settings
  /// @param count regimes to find; as many as there are distinct settings where those are fewer
  /// @param rows feature vectors, row-major, NaN for missing
  /// @throws IllegalArgumentException saying what is wrong: a setting is no feature, or no row has
  ///     all of them
  public static Regimes learn(
      List<String> names, List<String> settings, int count, float[] rows, long seed) {
    if (settings.isEmpty() || count < MIN_COUNT || count > MAX_COUNT) {
      throw new IllegalArgumentException(
          "regimes need at least one setting and a count of %d to %d, were %s and %d"
              .formatted(MIN_COUNT, MAX_COUNT, settings, count));
    }
    if (!names.containsAll(settings)) {
      throw new IllegalArgumentException(
          "operating settings must be features, were %s of %s".formatted(settings, names));
    }
    int[] columns = settings.stream().mapToInt(names::indexOf).toArray();
    var tree = new OperatingPoints(rows, names.size(), columns).tree(count, seed);
    var regimes = new Regimes(names.size(), columns, tree);
    regimes.measure(rows, names);
    return regimes;
  }

  private void measure(float[] features, List<String> names) {
    var moments = new RegimeMoments(width, count);
    for (int from = 0; from < features.length; from += width) {
      moments.add(features, from, regime(features, from));
    }
    System.arraycopy(moments.rows(), 0, rows, 0, rows.length);
    for (int regime = 0; regime < count; regime++) {
      for (int s = 0; s < settings.length; s++) {
        centers[regime][s] = moments.mean(regime, settings[s]);
      }
    }
    moments.total();
    var clock = Set.copyOf(FeatureNames.reserved());
    for (int column = 0; column < width; column++) {
      int at = column;
      boolean isSetting = Arrays.stream(settings).anyMatch(setting -> setting == at);
      if (!isSetting && !clock.contains(names.get(column))) {
        freeze(moments, column);
      }
    }
  }

  private void freeze(RegimeMoments moments, int column) {
    for (int regime = 0; regime <= count; regime++) {
      int known = Double.isNaN(moments.mean(regime, column)) ? count : regime;
      int at = regime * width + column;
      double mean = moments.mean(known, column);
      double deviation = moments.deviation(known, column);
      means[at] = Double.isNaN(mean) ? 0 : (float) mean;
      float resolved = Math.max(Math.ulp(means[at]), Float.MIN_NORMAL);
      deviations[at] = deviation > resolved ? (float) deviation : 1; // NaN is not
    }
  }

  /// How many there are; their numbers begin at 0.
  public int count() {
    return count;
  }

  public ThresholdTree tree() {
    return tree;
  }

  /// Columns of the settings.
  public List<Integer> settings() {
    return Arrays.stream(settings).boxed().toList();
  }

  /// Training rows of a regime, or, for [#count], without one.
  public long rows(int regime) {
    return rows[regime];
  }

  /// Means of the settings over a regime's training rows.
  public List<Double> center(int regime) {
    return Arrays.stream(centers[regime]).boxed().toList();
  }

  /// What is subtracted from a feature in a regime, or, for [#count], without one.
  public float mean(int regime, int column) {
    return means[regime * width + column];
  }

  /// What a feature is divided by then.
  public float deviation(int regime, int column) {
    return deviations[regime * width + column];
  }

  /// The regime of the row that begins at `from`; [#count] where it lacks a setting.
  public int regime(float[] features, int from) {
    for (int setting : settings) {
      if (Float.isNaN(features[from + setting])) {
        return count;
      }
    }
    return tree.regime(features, from);
  }

  /// Makes the features of all these rows relative to the rows' regimes.
  public void scale(float[] features) {
    for (int from = 0; from < features.length; from += width) {
      int regime = regime(features, from);
      for (int column = 0; column < width; column++) {
        features[from + column] = score(regime, column, features[from + column]);
      }
    }
  }

  /// Beyond float32 the largest value: to a tree the same as the infinity that it is elsewhere.
  private float score(int regime, int column, float value) {
    int at = regime * width + column;
    float score = (value - means[at]) / deviations[at];
    return Math.clamp(score, -Float.MAX_VALUE, Float.MAX_VALUE);
  }

  /// The smallest value of a feature whose score in the regime is the given one or above.
  public float valueOf(float score, int regime, int column) {
    int low = ordinal(-Float.MAX_VALUE);
    int high = ordinal(Float.MAX_VALUE);
    while (low < high) {
      int middle = (int) (((long) low + high) >> 1);
      if (score(regime, column, fromOrdinal(middle)) >= score) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return fromOrdinal(low);
  }

  /// Orders floats as integers.
  private static int ordinal(float value) {
    return fold(Float.floatToIntBits(value));
  }

  private static float fromOrdinal(int ordinal) {
    return Float.intBitsToFloat(fold(ordinal));
  }

  private static int fold(int bits) {
    return bits ^ ((bits >> 31) & Integer.MAX_VALUE);
  }
}
