package dev.anneal.features;

import java.util.Arrays;
import java.util.List;

/// Mean and standard deviation. The cells of a sensor are the number of values, one of them as the
/// shift, the mean less the shift, and the sum of squares around the mean: nothing is subtracted
/// that was added, and large offsets are taken away before anything is multiplied.
final class Moments implements Summary {
  static final int CELLS = 4;
  private static final int COUNT = 0;
  private static final int SHIFT = 1;
  private static final int MEAN = 2;
  private static final int SQUARES = 3;

  private final int sensors;
  private final int stride;
  private final int mean;
  private final int deviation;

  Moments(FeatureTargets targets) {
    this.sensors = targets.sensors();
    this.stride = targets.stride();
    this.mean = targets.of(Statistic.MEAN);
    this.deviation = targets.of(Statistic.STD);
  }

  /// For sums alone, written nowhere.
  Moments(int sensors) {
    this(new FeatureTargets(sensors, 0, List.of()));
  }

  static double mean(double[] cells, int i) {
    return cells[i + COUNT] == 0 ? Double.NaN : cells[i + SHIFT] + cells[i + MEAN];
  }

  static double deviation(double[] cells, int i) {
    return Math.sqrt(cells[i + SQUARES] / cells[i + COUNT]); // 0/0 is NaN
  }

  @Override
  public int cells() {
    return sensors * CELLS;
  }

  @Override
  public void clear(double[] cells, int at) {
    Arrays.fill(cells, at, at + sensors * CELLS, 0);
  }

  /// Welford's step.
  @Override
  public void append(double[] cells, int at, double[] values, int offset, long time) {
    double count = 0; // the sensors' counts are mostly equal, and with them their reciprocals
    double reciprocal = 0;
    for (int sensor = 0, i = at; sensor < sensors; sensor++, i += CELLS) {
      double value = values[offset + sensor];
      if (!Summary.isPresent(value)) {
        continue;
      }
      double n = cells[i + COUNT] + 1;
      if (n == 1) {
        cells[i + SHIFT] = value;
        cells[i + MEAN] = 0;
        cells[i + SQUARES] = 0;
      } else {
        if (n != count) {
          count = n;
          reciprocal = 1 / n;
        }
        double shifted = value - cells[i + SHIFT];
        double before = shifted - cells[i + MEAN];
        double meanNow = cells[i + MEAN] + before * reciprocal;
        cells[i + MEAN] = meanNow;
        cells[i + SQUARES] += before * (shifted - meanNow);
      }
      cells[i + COUNT] = n;
    }
  }

  /// Chan, Golub and LeVeque's formula.
  @Override
  public void join(double[] cells, int at, double[] behind, int behindAt) {
    double left = 0;
    double right = 0;
    double share = 0;
    for (int sensor = 0; sensor < sensors; sensor++) {
      int i = at + sensor * CELLS;
      int j = behindAt + sensor * CELLS;
      double n = cells[i + COUNT];
      double m = behind[j + COUNT];
      if (n == 0 || m == 0) {
        if (m != 0) {
          System.arraycopy(behind, j, cells, i, CELLS);
        }
        continue;
      }
      if (n != left || m != right) {
        left = n;
        right = m;
        share = m / (n + m);
      }
      double apart = behind[j + SHIFT] - cells[i + SHIFT] + (behind[j + MEAN] - cells[i + MEAN]);
      cells[i + COUNT] = n + m;
      cells[i + MEAN] += apart * share;
      cells[i + SQUARES] += behind[j + SQUARES] + apart * apart * (n * share);
    }
  }

  @Override
  public void write(double[] cells, int at, WindowEdge edge, float[] vector, int to) {
    for (int sensor = 0; sensor < sensors; sensor++) {
      int i = at + sensor * CELLS;
      put(vector, to + sensor * stride, mean(cells, i), deviation(cells, i));
    }
  }

  private void put(float[] vector, int target, double average, double spread) {
    if (mean >= 0) {
      vector[target + mean] = Summary.feature(average);
    }
    if (deviation >= 0) {
      vector[target + deviation] = Summary.feature(spread);
    }
  }

  /// In registers, around the newest value. As that is one of the values, the sum of squares around
  /// it is at most n + 1 times the one around the mean, and little is lost in the difference.
  @Override
  public void scan(RowScan scan, double[] scratch, int at, float[] vector) {
    for (int sensor = 0; sensor < sensors; sensor++) {
      if (scan.isComplete()) {
        scanComplete(scan, sensor, vector);
      } else {
        scanPresent(scan, sensor, vector);
      }
    }
  }

  private void scanComplete(RowScan scan, int sensor, float[] vector) {
    double[] values = scan.values();
    double shift = values[scan.offset(0) + sensor];
    double sum = 0;
    double squares = 0;
    int row = 0;
    for (int i = 0; i < scan.windows(); i++) {
      int rows = scan.rows(i);
      for (; row < rows; row++) {
        double shifted = values[scan.offset(row) + sensor] - shift;
        sum += shifted;
        squares += shifted * shifted;
      }
      put(vector, scan.target(i) + sensor * stride, scan.reciprocal(i), shift, sum, squares);
    }
  }

  private void scanPresent(RowScan scan, int sensor, float[] vector) {
    double[] values = scan.values();
    double shift = 0;
    double sum = 0;
    double squares = 0;
    int n = 0;
    int row = 0;
    for (int i = 0; i < scan.windows(); i++) {
      int rows = scan.rows(i);
      for (; row < rows; row++) {
        double value = values[scan.offset(row) + sensor];
        if (Summary.isPresent(value)) {
          shift = n == 0 ? value : shift;
          double shifted = value - shift;
          sum += shifted;
          squares += shifted * shifted;
          n++;
        }
      }
      put(vector, scan.target(i) + sensor * stride, 1.0 / n, shift, sum, squares);
    }
  }

  private void put(
      float[] vector, int target, double reciprocal, double shift, double sum, double squares) {
    double average = sum * reciprocal;
    double variance = Math.max(0, (squares - sum * average) * reciprocal); // NaN where n is 0
    put(vector, target, shift + average, Math.sqrt(variance));
  }
}
