package dev.anneal.drift;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// ADWIN2 (Bifet and Gavaldà 2007): a window over a stream of numbers in [0, 1] that shrinks when
/// an older and a newer part of it have different means. An exponential histogram of at most five
/// buckets per power of two holds the window in O(log n), each bucket with the event time of its
/// first input; cuts are checked every 32 inputs.
public final class Adwin implements Detector {
  private static final int BUCKETS_PER_ROW = 5;
  private static final int CHECK_EVERY = 32;
  private static final int MINIMUM_WINDOW = 10;
  private static final int MINIMUM_PART = 5;
  private static final int ROWS = 40; // 5 · 2⁴⁰ inputs

  // one place more than a row may hold, until it is compressed
  private static final int STRIDE = BUCKETS_PER_ROW + 1;

  private final double delta;

  // row r, from r · STRIDE on: buckets of 2^r inputs, the oldest first
  private final double[] totals = new double[ROWS * STRIDE];
  private final double[] variances = new double[ROWS * STRIDE];
  private final long[] starts = new long[ROWS * STRIDE];
  private final int[] buckets = new int[ROWS];
  private int lastRow;
  private long inputs;
  private long width;
  private double total;
  private double variance;
  private long locatedMicros;

  /// Between two buckets, the oldest of the newer part beginning at an event time.
  ///
  /// @param strength of the difference, in bounds; above 1 the means differ
  private record Cut(double strength, long startMicros, Change direction) {
    static final Cut NONE = new Cut(0, 0, Change.NONE);

    boolean isChange() {
      return strength > 1;
    }
  }

  public Adwin() {
    this(Kind.ADWIN.significance());
  }

  /// @param delta probability of an alarm without a change
  Adwin(double delta) {
    this.delta = delta;
  }

  @Override
  public Change add(double value, long eventTimeMicros) {
    insert(value, eventTimeMicros);
    inputs++;
    if (inputs % CHECK_EVERY != 0 || width <= MINIMUM_WINDOW) {
      return Change.NONE;
    }
    var change = Change.NONE;
    for (var cut = strongestCut(); cut.isChange(); cut = strongestCut()) {
      if (change == Change.NONE) {
        change = cut.direction();
        locatedMicros = cut.startMicros();
      }
      removeOldest();
    }
    return change;
  }

  /// How many inputs the window holds.
  public long width() {
    return width;
  }

  public double mean() {
    return width == 0 ? Double.NaN : total / width;
  }

  @Override
  public long locatedMicros() {
    return locatedMicros;
  }

  private void insert(double value, long eventTimeMicros) {
    if (inputs == 0) {
      locatedMicros = eventTimeMicros;
    }
    if (width > 0) {
      double delta = value - total / width;
      variance += width * delta * delta / (width + 1);
    }
    width++;
    total += value;
    push(0, value, 0, eventTimeMicros);
    for (int row = 0; buckets[row] > BUCKETS_PER_ROW; row++) {
      int at = row * STRIDE;
      double size = size(row);
      double delta = (totals[at] - totals[at + 1]) / size;
      double merged = variances[at] + variances[at + 1] + delta * delta * size / 2;
      push(row + 1, totals[at] + totals[at + 1], merged, starts[at]);
      drop(row, 2);
    }
  }

  private static double size(int row) {
    return 1L << row;
  }

  private void push(int row, double bucketTotal, double bucketVariance, long start) {
    int at = row * STRIDE + buckets[row];
    totals[at] = bucketTotal;
    variances[at] = bucketVariance;
    starts[at] = start;
    buckets[row]++;
    lastRow = Math.max(lastRow, row);
  }

  private void drop(int row, int count) {
    buckets[row] -= count;
    int at = row * STRIDE;
    for (int i = at; i < at + buckets[row]; i++) {
      totals[i] = totals[i + count];
      variances[i] = variances[i + count];
      starts[i] = starts[i + count];
    }
  }

  private Cut strongestCut() {
    double older = 0;
    double olderTotal = 0;
    double confidence = Math.log(2 * Math.log(width) / delta);
    double spread = 2 * (variance / width) * confidence;
    var strongest = Cut.NONE;
    for (int row = lastRow; row >= 0; row--) {
      for (int at = row * STRIDE; at < row * STRIDE + buckets[row]; at++) {
        double newer = width - older;
        if (older > MINIMUM_PART + 1 && newer > MINIMUM_PART + 1) {
          double m = 1 / (older - MINIMUM_PART + 1) + 1 / (newer - MINIMUM_PART + 1);
          double bound = Math.sqrt(m * spread) + 2.0 / 3 * confidence * m;
          double rise = (total - olderTotal) / newer - olderTotal / older;
          double strength = Math.abs(rise) / bound;
          if (strength > strongest.strength()) {
            strongest = new Cut(strength, starts[at], rise > 0 ? Change.RISE : Change.FALL);
          }
        }
        older += size(row);
        olderTotal += totals[at];
      }
    }
    return strongest;
  }

  private void removeOldest() {
    double size = size(lastRow);
    int at = lastRow * STRIDE;
    double mean = totals[at] / size;
    width -= (long) size;
    total -= totals[at];
    double delta = mean - total / width;
    variance -= variances[at] + size * width * delta * delta / (size + width);
    drop(lastRow, 1);
    while (buckets[lastRow] == 0 && lastRow > 0) {
      lastRow--;
    }
  }

  @Override
  public Kind kind() {
    return Kind.ADWIN;
  }

  @Override
  public int size() {
    return 6 * Long.BYTES + (lastRow + 1) * (1 + STRIDE * 3 * Long.BYTES);
  }

  @Override
  public void write(ByteBuffer into) {
    into.put((byte) lastRow).putLong(inputs).putLong(width).putDouble(total).putDouble(variance);
    for (int row = 0; row <= lastRow; row++) {
      into.put((byte) buckets[row]);
      for (int at = row * STRIDE; at < row * STRIDE + buckets[row]; at++) {
        into.putDouble(totals[at]).putDouble(variances[at]).putLong(starts[at]);
      }
    }
    into.putLong(locatedMicros);
  }

  /// A state that ends with its buckets was stored before cuts were located: its change began where
  /// its window does.
  static Adwin read(ByteBuffer from, double delta) {
    var adwin = new Adwin(delta);
    adwin.lastRow = from.get();
    adwin.inputs = from.getLong();
    adwin.width = from.getLong();
    adwin.total = from.getDouble();
    adwin.variance = from.getDouble();
    for (int row = 0; row <= adwin.lastRow; row++) {
      adwin.buckets[row] = from.get();
      for (int at = row * STRIDE; at < row * STRIDE + adwin.buckets[row]; at++) {
        adwin.totals[at] = from.getDouble();
        adwin.variances[at] = from.getDouble();
        adwin.starts[at] = from.getLong();
      }
    }
    long windowStart = adwin.starts[adwin.lastRow * STRIDE];
    adwin.locatedMicros = from.hasRemaining() ? from.getLong() : windowStart;
    return adwin;
  }

  @Override
  public String toString() {
    return "Adwin[width %d, mean %.4f, buckets %s]"
        .formatted(width, mean(), Arrays.toString(Arrays.copyOf(buckets, lastRow + 1)));
  }
}
