package dev.anneal.features;

/// Minimum and maximum. The cells of a sensor are both; infinite ones, the wrong way round, where
/// it has no value.
final class Extremes implements Summary {
  private static final int CELLS = 2;

  private final int sensors;
  private final int stride;
  private final int min;
  private final int max;

  Extremes(FeatureTargets targets) {
    this.sensors = targets.sensors();
    this.stride = targets.stride();
    this.min = targets.of(Statistic.MIN);
    this.max = targets.of(Statistic.MAX);
  }

  @Override
  public int cells() {
    return sensors * CELLS;
  }

  @Override
  public void clear(double[] cells, int at) {
    for (int i = at; i < at + sensors * CELLS; i += CELLS) {
      cells[i] = Double.POSITIVE_INFINITY;
      cells[i + 1] = Double.NEGATIVE_INFINITY;
    }
  }

  @Override
  public void append(double[] cells, int at, double[] values, int offset, long time) {
    for (int sensor = 0, i = at; sensor < sensors; sensor++, i += CELLS) {
      double value = values[offset + sensor];
      if (Summary.isPresent(value)) {
        cells[i] = Math.min(cells[i], value);
        cells[i + 1] = Math.max(cells[i + 1], value);
      }
    }
  }

  @Override
  public void join(double[] cells, int at, double[] behind, int behindAt) {
    for (int i = 0; i < sensors * CELLS; i += CELLS) {
      cells[at + i] = Math.min(cells[at + i], behind[behindAt + i]);
      cells[at + i + 1] = Math.max(cells[at + i + 1], behind[behindAt + i + 1]);
    }
  }

  @Override
  public void write(double[] cells, int at, WindowEdge edge, float[] vector, int to) {
    for (int sensor = 0; sensor < sensors; sensor++) {
      int i = at + sensor * CELLS;
      put(vector, to + sensor * stride, cells[i], cells[i + 1]);
    }
  }

  private void put(float[] vector, int target, double least, double most) {
    if (min >= 0) {
      vector[target + min] = Summary.feature(least);
    }
    if (max >= 0) {
      vector[target + max] = Summary.feature(most);
    }
  }

  @Override
  public void scan(RowScan scan, double[] scratch, int at, float[] vector) {
    double[] values = scan.values();
    boolean isComplete = scan.isComplete();
    for (int sensor = 0; sensor < sensors; sensor++) {
      long least = ordered(Double.POSITIVE_INFINITY);
      long most = ordered(Double.NEGATIVE_INFINITY);
      int row = 0;
      for (int i = 0; i < scan.windows(); i++) {
        int rows = scan.rows(i);
        for (; row < rows; row++) {
          double value = values[scan.offset(row) + sensor];
          if (isComplete || Summary.isPresent(value)) {
            least = Math.min(least, ordered(value));
            most = Math.max(most, ordered(value));
          }
        }
        put(vector, scan.target(i) + sensor * stride, value(least), value(most));
      }
    }
  }

  /// The bits of a value, in the order of values: comparing these takes half the time of
  /// [Math#min(double,double)], which looks for NaN.
  private static long ordered(double value) {
    long bits = Double.doubleToRawLongBits(value);
    return bits ^ (bits >> 63 >>> 1);
  }

  private static double value(long ordered) {
    return Double.longBitsToDouble(ordered ^ (ordered >> 63 >>> 1));
  }
}
