package dev.anneal.features;

import java.util.Arrays;

/// The newest rows of one asset in the order of event time: as many as the features of any row
/// within the grace look at, and no more than [AssetFeatures#MAX_ROWS]. Rows have sequence numbers,
/// [#first] to [#end]; they lie row-major in one array, values, time and LSN together, since what a
/// row costs is mostly the cache lines it needs. The array grows by a quarter with the rows that
/// are needed. Rows that are looked at no more leave when room is needed, or [#trim] says so: what
/// is held then is a function of the rows that were added, whenever they were trimmed before.
final class RowRing {
  private static final int INITIAL_ROWS = 16;

  private final int width;
  private final int historyRows;
  private final long historyMicros;
  private final long graceMicros;
  private final int cells; // of a row: values, and the bits of its time and LSN, only ever moved
  private double[] rows;
  private int capacity = INITIAL_ROWS;
  private int head;
  private long first;
  private long end;
  private long beyondGrace;
  private int insertions;
  private long newestIncomplete = -1;

  /// @param historyRows newest rows that features look at whatever their age
  /// @param historySeconds that features look back
  RowRing(int width, int historyRows, long historySeconds, long graceSeconds) {
    this.width = width;
    this.historyRows = historyRows;
    this.historyMicros = historySeconds * 1_000_000;
    this.graceMicros = graceSeconds * 1_000_000;
    this.cells = width + 2;
    this.rows = new double[INITIAL_ROWS * cells];
  }

  int size() {
    return (int) (end - first);
  }

  long first() {
    return first;
  }

  /// One more than the sequence number of the newest row.
  long end() {
    return end;
  }

  /// How many rows were inserted before others. Where it changes, sequence numbers known from
  /// before mean other rows.
  int insertions() {
    return insertions;
  }

  /// Whether no row from this one on lacks a value.
  boolean isCompleteFrom(long sequence) {
    return newestIncomplete < sequence;
  }

  private int slot(long sequence) {
    int slot = head + (int) (sequence - first);
    return slot < capacity ? slot : slot - capacity;
  }

  long time(long sequence) {
    return Double.doubleToRawLongBits(rows[offset(sequence) + width]);
  }

  long lsn(long sequence) {
    return Double.doubleToRawLongBits(rows[offset(sequence) + width + 1]);
  }

  /// All rows; a row's values begin at its [#offset].
  double[] values() {
    return rows;
  }

  int offset(long sequence) {
    return slot(sequence) * cells;
  }

  /// Whether the row has just these values, missing ones included.
  boolean hasValues(long sequence, double[] row) {
    int from = offset(sequence);
    return Arrays.equals(rows, from, from + width, row, 0, width);
  }

  /// The oldest event time that a row may have to be put before newer ones.
  long graceStart() {
    return time(end - 1) - graceMicros;
  }

  boolean isFull() {
    return size() == AssetFeatures.MAX_ROWS;
  }

  /// Adds the newest row.
  void add(long time, long lsn, double[] row) {
    insert(end, time, lsn, row);
  }

  /// Puts a row before the one that has the sequence number, which goes up by one with all behind.
  void insert(long sequence, long time, long lsn, double[] row) {
    makeRoom();
    end++;
    if (sequence != end - 1) {
      insertions++;
      for (long moved = end - 1; moved > sequence; moved--) {
        System.arraycopy(rows, offset(moved - 1), rows, offset(moved), cells);
      }
    }
    int offset = offset(sequence);
    System.arraycopy(row, 0, rows, offset, width);
    rows[offset + width] = Double.longBitsToDouble(time);
    rows[offset + width + 1] = Double.longBitsToDouble(lsn);
    newestIncomplete += sequence <= newestIncomplete ? 1 : 0;
    if (!isComplete(row)) {
      newestIncomplete = Math.max(newestIncomplete, sequence);
    }
  }

  private static boolean isComplete(double[] row) {
    boolean isComplete = true;
    for (double value : row) {
      isComplete &= Summary.isPresent(value);
    }
    return isComplete;
  }

  /// Drops what no row within the grace looks at.
  void trim() {
    if (size() == 0) {
      return;
    }
    long grace = graceStart();
    beyondGrace = Math.max(beyondGrace, first);
    while (beyondGrace < end && time(beyondGrace) <= grace) {
      beyondGrace++;
    }
    // the oldest row serves no lag once the next one lies at or before the longest look back
    while (beyondGrace - first > historyRows && time(first + 1) <= grace - historyMicros) {
      dropOldest();
    }
  }

  private void dropOldest() {
    head = head + 1 == capacity ? 0 : head + 1;
    first++;
  }

  private void makeRoom() {
    if (size() < capacity) {
      return;
    }
    trim();
    if (isFull()) {
      dropOldest();
    }
    if (size() == capacity) {
      grow(Math.min(capacity + capacity / 4, AssetFeatures.MAX_ROWS));
    }
  }

  private void grow(int larger) {
    var more = new double[larger * cells];
    int untilEnd = (capacity - head) * cells;
    System.arraycopy(rows, head * cells, more, 0, untilEnd);
    System.arraycopy(rows, 0, more, untilEnd, head * cells);
    rows = more;
    capacity = larger;
    head = 0;
  }

  /// The sequence number of the oldest row with an event time after `micros`; [#end] where there is
  /// none.
  long firstAfter(long micros) {
    long low = first;
    long high = end;
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (time(middle) > micros) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /// Heap bytes of the arrays.
  long memoryBytes() {
    return (long) rows.length * Double.BYTES;
  }
}
