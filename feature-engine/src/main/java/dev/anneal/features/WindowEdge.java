package dev.anneal.features;

/// Where a window begins and ends in time, and what was in force when it began. Mutable, set anew
/// for each window.
final class WindowEdge {
  private static final int NOTHING = -1;

  private long time;
  private long startTime;
  private double[] values = {};
  private int before = NOTHING;

  /// Of a window by rows: nothing before it counts.
  void ofRows(RowRing ring, long newest) {
    time = ring.time(newest);
    before = NOTHING;
  }

  /// Of a window by time.
  ///
  /// @param oldest sequence number of the window's oldest row
  void ofTime(RowRing ring, long oldest, long newest, long windowMicros) {
    time = ring.time(newest);
    startTime = time - windowMicros;
    values = ring.values();
    before = oldest > ring.first() ? ring.offset(oldest - 1) : NOTHING;
  }

  /// Of the newest row, microseconds.
  long time() {
    return time;
  }

  long startTime() {
    return startTime;
  }

  /// The sensor's value in the row before the window, NaN where there is none.
  double before(int sensor) {
    double value = before == NOTHING ? Double.NaN : values[before + sensor];
    return Summary.isPresent(value) ? value : Double.NaN;
  }
}
