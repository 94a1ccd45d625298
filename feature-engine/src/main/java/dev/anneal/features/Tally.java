package dev.anneal.features;

/// Count and last value. The cells of a sensor are both, NaN for no value.
final class Tally implements Summary {
  private static final int CELLS = 2;

  private final int sensors;
  private final int stride;
  private final int count;
  private final int last;

  Tally(FeatureTargets targets) {
    this.sensors = targets.sensors();
    this.stride = targets.stride();
    this.count = targets.of(Statistic.COUNT);
    this.last = targets.of(Statistic.LAST);
  }

  @Override
  public int cells() {
    return sensors * CELLS;
  }

  @Override
  public void clear(double[] cells, int at) {
    for (int i = at; i < at + sensors * CELLS; i += CELLS) {
      cells[i] = 0;
      cells[i + 1] = Double.NaN;
    }
  }

  @Override
  public void append(double[] cells, int at, double[] values, int offset, long time) {
    for (int sensor = 0, i = at; sensor < sensors; sensor++, i += CELLS) {
      double value = values[offset + sensor];
      if (Summary.isPresent(value)) {
        cells[i]++;
        cells[i + 1] = value;
      }
    }
  }

  @Override
  public void prepend(double[] cells, int at, double[] values, int offset, long time) {
    for (int sensor = 0, i = at; sensor < sensors; sensor++, i += CELLS) {
      double value = values[offset + sensor];
      if (Summary.isPresent(value)) {
        cells[i + 1] = cells[i] == 0 ? value : cells[i + 1];
        cells[i]++;
      }
    }
  }

  @Override
  public void join(double[] cells, int at, double[] behind, int behindAt) {
    for (int i = 0; i < sensors * CELLS; i += CELLS) {
      if (behind[behindAt + i] > 0) {
        cells[at + i] += behind[behindAt + i];
        cells[at + i + 1] = behind[behindAt + i + 1];
      }
    }
  }

  @Override
  public void write(double[] cells, int at, WindowEdge edge, float[] vector, int to) {
    for (int sensor = 0; sensor < sensors; sensor++) {
      int i = at + sensor * CELLS;
      if (count >= 0) {
        vector[to + sensor * stride + count] = (float) cells[i];
      }
      if (last >= 0) {
        vector[to + sensor * stride + last] = Summary.feature(cells[i + 1]);
      }
    }
  }
}
