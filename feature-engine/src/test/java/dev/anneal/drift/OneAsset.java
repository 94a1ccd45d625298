package dev.anneal.drift;

/// Rows of one asset, a minute apart.
record OneAsset(float[][] rows) implements TrainingRows {
  private static final long MINUTE = 60_000_000;

  @Override
  public int size() {
    return rows.length;
  }

  @Override
  public int asset(int row) {
    return 0;
  }

  @Override
  public long eventTimeMicros(int row) {
    return row * MINUTE;
  }

  @Override
  public float value(int row, int column) {
    return rows[row][column];
  }
}
