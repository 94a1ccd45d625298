package dev.anneal.bench.features;

import java.util.Arrays;

/// The 88 features from a window's rows read one by one, as jobs compute them that keep rows in a
/// store: sums around the newest value, minimum and maximum, in one pass.
public final class PlainFeatures {
  private static final int WINDOWS = 2;

  private final int[] windowRows;
  private final double[] shift = new double[Profile.SENSORS];
  private final double[][] sums = new double[WINDOWS][Profile.SENSORS];
  private final double[][] squares = new double[WINDOWS][Profile.SENSORS];
  private final double[][] minimums = new double[WINDOWS][Profile.SENSORS];
  private final double[][] maximums = new double[WINDOWS][Profile.SENSORS];
  private final int[] counts = new int[WINDOWS];
  private final float[] features = new float[Profile.FEATURES];
  private long newestMicros;

  public PlainFeatures(Profile profile) {
    this.windowRows = new int[] {profile.shortRows(), profile.longRows()};
  }

  /// @param newest values of the current row
  public void begin(long micros, double[] newest) {
    newestMicros = micros;
    System.arraycopy(newest, 0, shift, 0, shift.length);
    Arrays.fill(counts, 0);
    for (int window = 0; window < WINDOWS; window++) {
      Arrays.fill(sums[window], 0);
      Arrays.fill(squares[window], 0);
      Arrays.fill(minimums[window], Double.POSITIVE_INFINITY);
      Arrays.fill(maximums[window], Double.NEGATIVE_INFINITY);
    }
  }

  /// A row of the long window, the newest among them, in any order; rows come once a second.
  public void add(long micros, double[] values) {
    for (int window = 0; window < WINDOWS; window++) {
      if (micros > newestMicros - windowRows[window] * 1_000_000L) {
        counts[window]++;
        for (int i = 0; i < values.length; i++) {
          double delta = values[i] - shift[i];
          sums[window][i] += delta;
          squares[window][i] += delta * delta;
          minimums[window][i] = Math.min(minimums[window][i], values[i]);
          maximums[window][i] = Math.max(maximums[window][i], values[i]);
        }
      }
    }
  }

  /// @param lags the rows 60 s and 120 s ago; missing ones are null
  /// @return overwritten by the next call
  public float[] end(double[]... lags) {
    int at = 0;
    for (int i = 0; i < Profile.SENSORS; i++) {
      features[at++] = (float) shift[i];
      for (double[] lag : lags) {
        features[at++] = lag == null ? Float.NaN : (float) lag[i];
      }
      for (int window = 0; window < WINDOWS; window++) {
        double mean = sums[window][i] / counts[window];
        double variance = squares[window][i] / counts[window] - mean * mean;
        features[at++] = (float) (shift[i] + mean);
        features[at++] = (float) Math.sqrt(Math.max(0, variance));
        features[at++] = (float) minimums[window][i];
        features[at++] = (float) maximums[window][i];
      }
    }
    return features;
  }
}
