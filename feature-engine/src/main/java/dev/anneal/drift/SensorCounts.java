package dev.anneal.drift;

import java.util.Arrays;

/// What a window's rows say of each sensor of a model, counted by a [SensorWatch] and added up over
/// partitions and windows. Mutable, for one thread.
public final class SensorCounts {
  static final int MISSING = 0;
  static final int NON_FINITE = 1;
  static final int STUCK = 2;
  static final int FAR = 3;
  static final int FAR_RUNS = 4;
  static final int FIRST_BIN = 5;

  private static final int ROWS = 0;
  private static final int UNTRUSTED = 1;

  // [0]: rows, and those of them that are not trusted; then one array per sensor
  private final long[][] counts;

  private SensorCounts(long[][] counts) {
    this.counts = counts;
  }

  /// @param bins of each sensor
  static SensorCounts empty(SensorBins[] bins) {
    var counts = new long[bins.length + 1][];
    Arrays.setAll(counts, i -> new long[i == 0 ? UNTRUSTED + 1 : FIRST_BIN + bins[i - 1].count()]);
    return new SensorCounts(counts);
  }

  /// @param counts as [#counts] gave them; not copied
  public static SensorCounts of(long[][] counts) {
    return new SensorCounts(counts);
  }

  public static SensorCounts fromBytes(byte[] bytes) {
    return new SensorCounts(CountsCodec.decode(bytes));
  }

  /// A few bytes per count that is not zero.
  public byte[] toBytes() {
    return CountsCodec.encode(counts);
  }

  void addRow(boolean trusted) {
    counts[0][ROWS]++;
    counts[0][UNTRUSTED] += trusted ? 0 : 1;
  }

  long[] ofSensor(int sensor) {
    return counts[sensor + 1];
  }

  int sensors() {
    return counts.length - 1;
  }

  /// Adds what was counted elsewhere by a watch over the same reference.
  public void add(SensorCounts other) {
    if (!hasShapeOf(other)) {
      throw new IllegalArgumentException("counts of other sensors cannot be added");
    }
    for (int i = 0; i < counts.length; i++) {
      for (int j = 0; j < counts[i].length; j++) {
        counts[i][j] += other.counts[i][j];
      }
    }
  }

  public boolean hasShapeOf(SensorCounts other) {
    return CountsCodec.haveSameShape(counts, other.counts);
  }

  public long rows() {
    return counts[0][ROWS];
  }

  /// Rows that their source marks as bad, stale or out of range.
  public long untrusted() {
    return counts[0][UNTRUSTED];
  }

  /// For another way to carry them; not copied.
  public long[][] counts() {
    return counts;
  }
}
