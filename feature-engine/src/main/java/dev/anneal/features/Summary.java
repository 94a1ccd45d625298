package dev.anneal.features;

/// One family of statistics over runs of consecutive rows. What it knows of a run is some doubles
/// for every sensor, its cells; they are a function of the rows and of how they were put together,
/// so whoever puts the same rows together in the same way gets the same bits. Methods work on all
/// sensors at once. Missing values are passed over.
interface Summary {
  /// Doubles of one run.
  int cells();

  /// Makes the cells those of no rows.
  void clear(double[] cells, int at);

  /// Adds a row behind the run.
  void append(double[] cells, int at, double[] values, int offset, long time);

  /// Adds a row before the run.
  default void prepend(double[] cells, int at, double[] values, int offset, long time) {
    append(cells, at, values, offset, time);
  }

  /// Adds a run behind the run.
  void join(double[] cells, int at, double[] behind, int behindAt);

  /// Writes the run's statistics.
  ///
  /// @param at where those of the window are of the first sensor
  void write(double[] cells, int at, WindowEdge edge, float[] vector, int to);

  /// Writes the statistics of a few rows.
  default void scan(RowScan scan, double[] scratch, int at, float[] vector) {
    clear(scratch, at);
    int row = 0;
    for (int i = 0; i < scan.windows(); i++) {
      for (; row < scan.rows(i); row++) {
        prepend(scratch, at, scan.values(), scan.offset(row), scan.time(row));
      }
      write(scratch, at, scan.edge(i), vector, scan.target(i));
    }
  }

  /// What counts as a value: what float32 can have.
  static boolean isPresent(double value) {
    return Math.abs(value) <= Float.MAX_VALUE; // false for NaN
  }

  /// The value as a feature: missing where float32 cannot have it.
  static float feature(double value) {
    float narrow = (float) value;
    return Math.abs(narrow) <= Float.MAX_VALUE ? narrow : Float.NaN;
  }
}
