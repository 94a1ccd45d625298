package dev.anneal.features;

import java.util.Arrays;

/// The newest rows of one asset, oldest first: as many as the features look at, and no more than
/// [AssetFeatures#MAX_ROWS]. Rows lie row-major in one array that grows with the rows that are
/// needed. What it holds depends only on the rows that were added, never on when they were trimmed.
final class RowRing {
  private static final int INITIAL_ROWS = 16;

  private final int width;
  private final int historyRows;
  private final long historyMicros;
  private long[] times = new long[INITIAL_ROWS];
  private long[] lsns = new long[INITIAL_ROWS];
  private double[] values;
  private int head;
  private int size;

  RowRing(int width, int historyRows, long historySeconds) {
    this.width = width;
    this.historyRows = historyRows;
    this.historyMicros = historySeconds * 1_000_000;
    this.values = new double[INITIAL_ROWS * width];
  }

  int size() {
    return size;
  }

  /// @param age 0 for the newest row
  long time(int age) {
    return times[slot(age)];
  }

  /// @param age 0 for the newest row
  double value(int age, int sensor) {
    return values[slot(age) * width + sensor];
  }

  /// @param age 0 for the newest row
  long lsn(int age) {
    return lsns[slot(age)];
  }

  /// Whether the row has just these values, missing ones included.
  boolean hasValues(int age, double[] row) {
    int from = slot(age) * width;
    return Arrays.equals(values, from, from + width, row, 0, width);
  }

  private int slot(int age) {
    return (head + size - 1 - age) & (times.length - 1); // the length is a power of two
  }

  void add(long time, long lsn, double[] row) {
    if (size == AssetFeatures.MAX_ROWS) {
      dropOldest();
    }
    if (size == times.length) {
      grow();
    }
    size++;
    int slot = slot(0);
    times[slot] = time;
    lsns[slot] = lsn;
    System.arraycopy(row, 0, values, slot * width, width);
    while (size > historyRows && isUnneeded(time)) {
      dropOldest();
    }
  }

  /// The oldest row serves no lag once the next one lies at or before the longest look back.
  private boolean isUnneeded(long newest) {
    return time(size - 2) <= newest - historyMicros;
  }

  private void dropOldest() {
    head = (head + 1) & (times.length - 1);
    size--;
  }

  private void grow() {
    int length = times.length;
    var moreTimes = Arrays.copyOf(times, length * 2);
    var moreLsns = Arrays.copyOf(lsns, length * 2);
    var moreValues = Arrays.copyOf(values, values.length * 2);
    for (int i = 0; i < size; i++) {
      int from = (head + i) & (length - 1);
      moreTimes[i] = times[from];
      moreLsns[i] = lsns[from];
      System.arraycopy(values, from * width, moreValues, i * width, width);
    }
    times = moreTimes;
    lsns = moreLsns;
    values = moreValues;
    head = 0;
  }

  /// How many of the newest rows have an event time after `micros`.
  int countAfter(long micros) {
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (time(middle) > micros) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
