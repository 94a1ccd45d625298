package dev.anneal.features;

/// Rows, means and standard deviations of features by regime, and, last, of the rows without a
/// regime.
final class RegimeMoments {
  private final Moments moments;
  private final int width;
  private final int regimes;
  private final double[] cells;
  private final long[] rows;
  private final double[] row;

  RegimeMoments(int width, int regimes) {
    this.moments = new Moments(width);
    this.width = width;
    this.regimes = regimes;
    this.cells = new double[(regimes + 1) * moments.cells()];
    this.rows = new long[regimes + 1];
    this.row = new double[width];
  }

  /// @param from where the row begins
  void add(float[] features, int from, int regime) {
    for (int i = 0; i < width; i++) {
      row[i] = features[from + i];
    }
    moments.append(cells, regime * moments.cells(), row, 0, 0);
    rows[regime]++;
  }

  /// Makes what was measured last that of all rows.
  void total() {
    for (int regime = 0; regime < regimes; regime++) {
      moments.join(cells, regimes * moments.cells(), cells, regime * moments.cells());
    }
  }

  long[] rows() {
    return rows;
  }

  /// NaN without a value.
  double mean(int regime, int feature) {
    return Moments.mean(cells, at(regime, feature));
  }

  /// NaN without a value.
  double deviation(int regime, int feature) {
    return Moments.deviation(cells, at(regime, feature));
  }

  private int at(int regime, int feature) {
    return regime * moments.cells() + feature * Moments.CELLS;
  }
}
