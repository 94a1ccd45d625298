package dev.anneal.drift;

import java.util.Arrays;

/// ADWIN2 (Bifet and Gavaldà 2007): a window over a stream of numbers in [0, 1] that shrinks when
/// an older and a newer part of it have different means. An exponential histogram of at most five
/// buckets per power of two holds the window in O(log n); cuts are checked every 32 inputs. Alarms
/// agree with MOA 2024.07's. Mutable, for one thread.
public final class Adwin {
  private static final double DELTA = .002;
  private static final int BUCKETS_PER_ROW = 5;
  private static final int CHECK_EVERY = 32;
  private static final int MINIMUM_WINDOW = 10;
  private static final int MINIMUM_PART = 5;
  private static final int ROWS = 40; // 5 · 2⁴⁰ inputs

  /// What an input did to the window; only a rise of the loss may ask for a training.
  public enum Change {
    NONE,
    RISE,
    FALL
  }

  // row r: buckets of 2^r inputs, the oldest first; one place more than they may hold, until the
  // next compression
  private final double[][] totals = new double[ROWS][BUCKETS_PER_ROW + 1];
  private final double[][] variances = new double[ROWS][BUCKETS_PER_ROW + 1];
  private final int[] buckets = new int[ROWS];
  private int lastRow;
  private long inputs;
  private long width;
  private double total;
  private double variance;

  /// @param value in [0, 1]
  public Change add(double value) {
    insert(value);
    inputs++;
    if (inputs % CHECK_EVERY != 0 || width <= MINIMUM_WINDOW) {
      return Change.NONE;
    }
    var change = Change.NONE;
    for (var cut = findCut(); cut != Change.NONE; cut = findCut()) {
      change = change == Change.NONE ? cut : change;
      removeOldest();
    }
    return change;
  }

  /// How many inputs the window holds: those since the located change.
  public long width() {
    return width;
  }

  public double mean() {
    return width == 0 ? Double.NaN : total / width;
  }

  private void insert(double value) {
    if (width > 0) {
      double delta = value - total / width;
      variance += width * delta * delta / (width + 1);
    }
    width++;
    total += value;
    push(0, value, 0);
    for (int row = 0; buckets[row] > BUCKETS_PER_ROW; row++) {
      double delta = (totals[row][0] - totals[row][1]) / size(row);
      double merged = variances[row][0] + variances[row][1] + delta * delta * size(row) / 2;
      push(row + 1, totals[row][0] + totals[row][1], merged);
      drop(row, 2);
    }
  }

  private static double size(int row) {
    return 1L << row;
  }

  private void push(int row, double bucketTotal, double bucketVariance) {
    totals[row][buckets[row]] = bucketTotal;
    variances[row][buckets[row]] = bucketVariance;
    buckets[row]++;
    lastRow = Math.max(lastRow, row);
  }

  private void drop(int row, int count) {
    buckets[row] -= count;
    System.arraycopy(totals[row], count, totals[row], 0, buckets[row]);
    System.arraycopy(variances[row], count, variances[row], 0, buckets[row]);
  }

  /// The direction of the first cut, from the oldest on, whose parts have different means.
  private Change findCut() {
    double older = 0;
    double olderTotal = 0;
    double confidence = Math.log(2 * Math.log(width) / DELTA);
    for (int row = lastRow; row >= 0; row--) {
      for (int bucket = 0; bucket < buckets[row]; bucket++) {
        older += size(row);
        olderTotal += totals[row][bucket];
        double newer = width - older;
        if (older > MINIMUM_PART + 1 && newer > MINIMUM_PART + 1) {
          double m = 1 / (older - MINIMUM_PART + 1) + 1 / (newer - MINIMUM_PART + 1);
          double bound =
              Math.sqrt(2 * m * (variance / width) * confidence) + 2.0 / 3 * confidence * m;
          double rise = (total - olderTotal) / newer - olderTotal / older;
          if (Math.abs(rise) > bound) {
            return rise > 0 ? Change.RISE : Change.FALL;
          }
        }
      }
    }
    return Change.NONE;
  }

  private void removeOldest() {
    double size = size(lastRow);
    double mean = totals[lastRow][0] / size;
    width -= (long) size;
    total -= totals[lastRow][0];
    double delta = mean - total / width;
    variance -= variances[lastRow][0] + size * width * delta * delta / (size + width);
    drop(lastRow, 1);
    while (buckets[lastRow] == 0 && lastRow > 0) {
      lastRow--;
    }
  }

  @Override
  public String toString() {
    return "Adwin[width %d, mean %.4f, buckets %s]"
        .formatted(width, mean(), Arrays.toString(Arrays.copyOf(buckets, lastRow + 1)));
  }
}
