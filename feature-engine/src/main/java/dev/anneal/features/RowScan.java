package dev.anneal.features;

/// Windows of few rows that end at the same row, shortest first, so that one pass over the rows
/// from the newest back does for all. Mutable, set anew for each row.
final class RowScan {
  /// Windows of no more rows are read row by row: less work than keeping sums of parts of them.
  static final int MAX_ROWS = 24;

  private final int[] rows;
  private final double[] reciprocals;
  private final int[] targets;
  private final WindowEdge[] edges;
  private final int[] offsets = new int[MAX_ROWS];
  private final long[] times = new long[MAX_ROWS];
  private double[] values = {};
  private int windows;
  private boolean isComplete;

  /// @param maxWindows most windows in a scan
  RowScan(int maxWindows) {
    this.rows = new int[maxWindows];
    this.reciprocals = new double[maxWindows];
    this.targets = new int[maxWindows];
    this.edges = new WindowEdge[maxWindows];
    for (int i = 0; i < maxWindows; i++) {
      edges[i] = new WindowEdge();
    }
  }

  void clear() {
    windows = 0;
  }

  /// Adds a window, in the order of their lengths.
  ///
  /// @param target where its statistics go in the vector
  /// @return its edge, to be set
  WindowEdge add(int windowRows, int target) {
    int i = windows++;
    var edge = edges[i];
    for (; i > 0 && rows[i - 1] > windowRows; i--) {
      rows[i] = rows[i - 1];
      reciprocals[i] = reciprocals[i - 1];
      targets[i] = targets[i - 1];
      edges[i] = edges[i - 1];
    }
    rows[i] = windowRows;
    reciprocals[i] = 1.0 / windowRows;
    targets[i] = target;
    edges[i] = edge;
    return edge;
  }

  /// Takes the rows of the longest window.
  void read(RowRing ring, long newest) {
    values = ring.values();
    isComplete = ring.isCompleteFrom(newest + 1 - rows[windows - 1]);
    for (int row = 0; row < rows[windows - 1]; row++) {
      offsets[row] = ring.offset(newest - row);
      times[row] = ring.time(newest - row);
    }
  }

  /// Whether no value of the rows is missing.
  boolean isComplete() {
    return isComplete;
  }

  int windows() {
    return windows;
  }

  /// How many of the newest rows the window covers.
  int rows(int window) {
    return rows[window];
  }

  /// Of the number of rows.
  double reciprocal(int window) {
    return reciprocals[window];
  }

  int target(int window) {
    return targets[window];
  }

  WindowEdge edge(int window) {
    return edges[window];
  }

  double[] values() {
    return values;
  }

  /// @param row 0 for the newest
  int offset(int row) {
    return offsets[row];
  }

  /// @param row 0 for the newest
  long time(int row) {
    return times[row];
  }
}
