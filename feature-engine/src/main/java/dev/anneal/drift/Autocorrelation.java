package dev.anneal.drift;

import java.util.Arrays;

/// How many rows of a series tell as much as one independent row: τ = 1 + 2 Σ ρ_k over the lags k
/// in rows, until ρ_k < .05 or k > n/5 (`docs/methods.md`), pooled over the assets' series. What
/// the asset shows at that hour of the day on average is removed first, so a daily cycle does not
/// count as memory.
final class Autocorrelation {
  private static final double NEGLIGIBLE = .05;
  private static final int HOURS = 24;
  private static final long HOUR_MICROS = 3_600_000_000L;

  // Every lag up to here; further on every 16th part of the lag, straight lines between. ρ is
  // smooth there, and a series that never forgets would cost n²/5.
  private static final int EXACT_LAGS = 64;

  private Autocorrelation() {}

  /// @param column one value per row; missing ones count as average
  static double time(double[] column, TrainingRows rows) {
    double[][] series = deviations(column, rows);
    double variance = covariance(series, 0);
    int longest = Arrays.stream(series).mapToInt(s -> s.length).max().orElse(0);
    if (!(variance > 0)) {
      return 1;
    }
    double sum = 0;
    double before = 1;
    for (int lag = 1, step = 1; lag <= longest / 5; lag += step) {
      double rho = covariance(series, lag) / variance;
      if (!(rho >= NEGLIGIBLE)) {
        break;
      }
      // the lags since the last one, on a straight line to this one
      sum += step * rho + (step - 1) * (before - rho) / 2;
      before = rho;
      step = lag < EXACT_LAGS ? 1 : lag / 16;
    }
    return 1 + 2 * sum;
  }

  private static double covariance(double[][] series, int lag) {
    double sum = 0;
    for (double[] values : series) {
      for (int i = lag; i < values.length; i++) {
        sum += values[i] * values[i - lag];
      }
    }
    return sum;
  }

  /// Per asset its values in order, less the asset's mean at that hour of the day; 0 where missing.
  private static double[][] deviations(double[] column, TrainingRows rows) {
    int assets = 0;
    for (int row = 0; row < column.length; row++) {
      assets = Math.max(assets, rows.asset(row) + 1);
    }
    var sums = new double[assets][HOURS];
    var counts = new int[assets][HOURS];
    var lengths = new int[assets];
    for (int row = 0; row < column.length; row++) {
      lengths[rows.asset(row)]++;
      if (Double.isFinite(column[row])) {
        sums[rows.asset(row)][hour(rows, row)] += column[row];
        counts[rows.asset(row)][hour(rows, row)]++;
      }
    }
    var series = new double[assets][];
    Arrays.setAll(series, asset -> new double[lengths[asset]]);
    Arrays.fill(lengths, 0);
    for (int row = 0; row < column.length; row++) {
      int asset = rows.asset(row);
      int hour = hour(rows, row);
      double mean = sums[asset][hour] / counts[asset][hour];
      series[asset][lengths[asset]++] = Double.isFinite(column[row]) ? column[row] - mean : 0;
    }
    return series;
  }

  private static int hour(TrainingRows rows, int row) {
    return (int) Math.floorMod(Math.floorDiv(rows.eventTimeMicros(row), HOUR_MICROS), (long) HOURS);
  }
}
