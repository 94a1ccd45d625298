package dev.anneal.drift;

import java.util.Arrays;
import java.util.List;

/// How many rows of a window of event time fell into each bin of the reference profile: what
/// windows and partitions are added up as. Mutable, for one thread.
public final class WindowCounts {
  private final long[][] counts;
  private long rows;

  private WindowCounts(long rows, long[][] counts) {
    this.rows = rows;
    this.counts = counts;
  }

  public static WindowCounts empty(ReferenceProfile reference) {
    var counts = new long[reference.features().size()][];
    Arrays.setAll(counts, feature -> new long[reference.features().get(feature).bins().count()]);
    return new WindowCounts(0, counts);
  }

  /// @param counts per feature, per bin; not copied
  public static WindowCounts of(long rows, long[][] counts) {
    return new WindowCounts(rows, counts);
  }

  /// Adds one feature vector.
  ///
  /// @param bins of the reference, in the vector's order
  public void add(List<Bins> bins, float[] vector) {
    for (int feature = 0; feature < counts.length; feature++) {
      counts[feature][bins.get(feature).binOf(vector[feature])]++;
    }
    rows++;
  }

  /// Adds what was counted elsewhere over the same bins.
  public void add(WindowCounts other) {
    if (!hasShapeOf(other)) {
      throw new IllegalArgumentException("counts over other bins cannot be added");
    }
    for (int feature = 0; feature < counts.length; feature++) {
      for (int bin = 0; bin < counts[feature].length; bin++) {
        counts[feature][bin] += other.counts[feature][bin];
      }
    }
    rows += other.rows;
  }

  /// Whether both count over the same numbers of features and bins.
  public boolean hasShapeOf(WindowCounts other) {
    return CountsCodec.haveSameShape(counts, other.counts);
  }

  public long rows() {
    return rows;
  }

  /// Per feature, per bin; not copied.
  public long[][] counts() {
    return counts;
  }
}
