package dev.anneal.drift;

import java.util.Arrays;

/// How far a feature's values went in training, and how often they stood still. NaN where not
/// known: without finite values, and for versions that were profiled before this was.
///
/// @param low .1 % quantile
/// @param high 99.9 % quantile
/// @param stuck share of the values that are the asset's [SensorMemory#STUCK_AFTER]th or later in a
///     row that are equal
public record Extent(double minimum, double low, double high, double maximum, double stuck) {
  public static final Extent UNKNOWN =
      new Extent(Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN);

  private static final double TAIL = .001;

  /// @param sorted the column's finite values, ascending
  static Extent of(double[] sorted, double[] column, TrainingRows rows) {
    return sorted.length == 0
        ? UNKNOWN
        : new Extent(
            sorted[0],
            Bins.quantile(sorted, TAIL),
            Bins.quantile(sorted, 1 - TAIL),
            sorted[sorted.length - 1],
            stuck(sorted.length, column, rows));
  }

  private static double stuck(int finite, double[] column, TrainingRows rows) {
    var memories = new SensorMemory[0];
    long stuck = 0;
    for (int row = 0; row < column.length; row++) {
      int asset = rows.asset(row);
      if (asset >= memories.length) {
        int before = memories.length;
        memories = Arrays.copyOf(memories, Math.max(2 * before, asset + 1));
        for (int i = before; i < memories.length; i++) {
          memories[i] = new SensorMemory(1);
        }
      }
      stuck += memories[asset].isStuck(0, column[row]) ? 1 : 0;
    }
    return stuck / (double) finite;
  }

  boolean isKnown() {
    return minimum <= maximum;
  }

  /// Whether one value is all there was.
  boolean isConstant() {
    return minimum == maximum;
  }
}
