package dev.anneal.features;

import java.util.Arrays;

/// Slope: least squares of the values over event time. The cells of a sensor are the number of
/// values, one of them and its time as shifts, the means less the shifts, and the sums of squares
/// of time and of products around the means. Times are microseconds: exact in a double until 2255.
final class Trend implements Summary {
  private static final int CELLS = 7;
  private static final int COUNT = 0;
  private static final int SHIFT = 1;
  private static final int MEAN = 2;
  private static final int TIME_SHIFT = 3;
  private static final int TIME_MEAN = 4;
  private static final int TIME_SQUARES = 5;
  private static final int PRODUCTS = 6;
  private static final double MICROS = 1e6;

  private final int sensors;
  private final int stride;
  private final int slope;

  Trend(FeatureTargets targets) {
    this.sensors = targets.sensors();
    this.stride = targets.stride();
    this.slope = targets.of(Statistic.SLOPE);
  }

  @Override
  public int cells() {
    return sensors * CELLS;
  }

  @Override
  public void clear(double[] cells, int at) {
    Arrays.fill(cells, at, at + sensors * CELLS, 0);
  }

  @Override
  public void append(double[] cells, int at, double[] values, int offset, long time) {
    for (int sensor = 0, i = at; sensor < sensors; sensor++, i += CELLS) {
      double value = values[offset + sensor];
      if (!Summary.isPresent(value)) {
        continue;
      }
      double n = cells[i + COUNT] + 1;
      cells[i + COUNT] = n;
      if (n == 1) {
        cells[i + SHIFT] = value;
        cells[i + TIME_SHIFT] = time;
        cells[i + MEAN] = 0;
        cells[i + TIME_MEAN] = 0;
        cells[i + TIME_SQUARES] = 0;
        cells[i + PRODUCTS] = 0;
        continue;
      }
      double shifted = value - cells[i + SHIFT];
      double after = (time - cells[i + TIME_SHIFT]) / MICROS;
      double timeBefore = after - cells[i + TIME_MEAN];
      cells[i + MEAN] += (shifted - cells[i + MEAN]) / n;
      cells[i + TIME_MEAN] += timeBefore / n;
      cells[i + TIME_SQUARES] += timeBefore * (after - cells[i + TIME_MEAN]);
      cells[i + PRODUCTS] += timeBefore * (shifted - cells[i + MEAN]);
    }
  }

  @Override
  public void join(double[] cells, int at, double[] behind, int behindAt) {
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
      double share = m / (n + m);
      double apart = behind[j + SHIFT] - cells[i + SHIFT] + (behind[j + MEAN] - cells[i + MEAN]);
      double timeApart =
          (behind[j + TIME_SHIFT] - cells[i + TIME_SHIFT]) / MICROS
              + (behind[j + TIME_MEAN] - cells[i + TIME_MEAN]);
      cells[i + COUNT] = n + m;
      cells[i + MEAN] += apart * share;
      cells[i + TIME_MEAN] += timeApart * share;
      cells[i + TIME_SQUARES] += behind[j + TIME_SQUARES] + timeApart * timeApart * (n * share);
      cells[i + PRODUCTS] += behind[j + PRODUCTS] + timeApart * apart * (n * share);
    }
  }

  @Override
  public void write(double[] cells, int at, WindowEdge edge, float[] vector, int to) {
    for (int sensor = 0; sensor < sensors; sensor++) {
      int i = at + sensor * CELLS;
      vector[to + sensor * stride + slope] =
          cells[i + COUNT] < 2
              ? Float.NaN
              : Summary.feature(cells[i + PRODUCTS] / cells[i + TIME_SQUARES]);
    }
  }
}
