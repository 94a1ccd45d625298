package dev.anneal.features;

import java.util.Arrays;

/// Time-weighted mean of the last value carried forward. The cells of a sensor are the times of its
/// first and last value (microseconds), the last value, and the weighted mean of the time between
/// them as one of the values and what the mean is above it. The first time is NaN for no value.
final class TimeWeighted implements Summary {
  private static final int CELLS = 5;
  private static final int FIRST_TIME = 0;
  private static final int LAST_TIME = 1;
  private static final int LAST = 2;
  private static final int SHIFT = 3;
  private static final int MEAN = 4;

  private final int sensors;
  private final int stride;
  private final int mean;

  TimeWeighted(FeatureTargets targets) {
    this.sensors = targets.sensors();
    this.stride = targets.stride();
    this.mean = targets.of(Statistic.TIME_WEIGHTED_MEAN);
  }

  @Override
  public int cells() {
    return sensors * CELLS;
  }

  @Override
  public void clear(double[] cells, int at) {
    Arrays.fill(cells, at, at + sensors * CELLS, Double.NaN);
  }

  private static boolean isEmpty(double[] cells, int i) {
    return Double.isNaN(cells[i + FIRST_TIME]);
  }

  private static void begin(double[] cells, int i, double value, long time) {
    cells[i + FIRST_TIME] = time;
    cells[i + LAST_TIME] = time;
    cells[i + LAST] = value;
    cells[i + SHIFT] = value;
    cells[i + MEAN] = 0;
  }

  /// The mean less the shift, once `other` has been in force for `share` of the time.
  private static double mixed(double[] cells, int i, double other, double share) {
    double mean = cells[i + MEAN];
    return mean + (other - cells[i + SHIFT] - mean) * share;
  }

  @Override
  public void append(double[] cells, int at, double[] values, int offset, long time) {
    for (int sensor = 0, i = at; sensor < sensors; sensor++, i += CELLS) {
      double value = values[offset + sensor];
      if (!Summary.isPresent(value)) {
        continue;
      }
      if (isEmpty(cells, i)) {
        begin(cells, i, value, time);
      } else {
        double share = (time - cells[i + LAST_TIME]) / (time - cells[i + FIRST_TIME]);
        cells[i + MEAN] = mixed(cells, i, cells[i + LAST], share);
        cells[i + LAST_TIME] = time;
        cells[i + LAST] = value;
      }
    }
  }

  @Override
  public void prepend(double[] cells, int at, double[] values, int offset, long time) {
    for (int sensor = 0, i = at; sensor < sensors; sensor++, i += CELLS) {
      double value = values[offset + sensor];
      if (!Summary.isPresent(value)) {
        continue;
      }
      if (isEmpty(cells, i)) {
        begin(cells, i, value, time);
      } else {
        double share = (cells[i + FIRST_TIME] - time) / (cells[i + LAST_TIME] - time);
        cells[i + MEAN] = mixed(cells, i, value, share);
        cells[i + FIRST_TIME] = time;
      }
    }
  }

  @Override
  public void join(double[] cells, int at, double[] behind, int behindAt) {
    for (int sensor = 0; sensor < sensors; sensor++) {
      int i = at + sensor * CELLS;
      int j = behindAt + sensor * CELLS;
      if (isEmpty(behind, j)) {
        continue;
      }
      if (isEmpty(cells, i)) {
        System.arraycopy(behind, j, cells, i, CELLS);
        continue;
      }
      double from = cells[i + FIRST_TIME];
      double until = behind[j + FIRST_TIME];
      cells[i + MEAN] =
          mixed(cells, i, cells[i + LAST], (until - cells[i + LAST_TIME]) / (until - from));
      double to = behind[j + LAST_TIME];
      double apart = behind[j + SHIFT] - cells[i + SHIFT] + (behind[j + MEAN] - cells[i + MEAN]);
      cells[i + MEAN] += apart * ((to - until) / (to - from));
      cells[i + LAST_TIME] = to;
      cells[i + LAST] = behind[j + LAST];
    }
  }

  @Override
  public void write(double[] cells, int at, WindowEdge edge, float[] vector, int to) {
    for (int sensor = 0; sensor < sensors; sensor++) {
      double average = average(cells, at + sensor * CELLS, edge, edge.before(sensor));
      vector[to + sensor * stride + mean] = Summary.feature(average);
    }
  }

  /// @param before the value in force when the window begins, NaN where none is known
  private static double average(double[] cells, int i, WindowEdge edge, double before) {
    if (isEmpty(cells, i)) {
      return before;
    }
    double first = cells[i + FIRST_TIME];
    double now = edge.time();
    if (now == first && !Summary.isPresent(before)) {
      return cells[i + LAST];
    }
    double mean = cells[i + MEAN];
    if (now > first) {
      mean = mixed(cells, i, cells[i + LAST], (now - cells[i + LAST_TIME]) / (now - first));
    }
    if (Summary.isPresent(before)) {
      double start = edge.startTime();
      mean += (before - cells[i + SHIFT] - mean) * ((first - start) / (now - start));
    }
    return cells[i + SHIFT] + mean;
  }
}
