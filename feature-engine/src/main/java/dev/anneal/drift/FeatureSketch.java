package dev.anneal.drift;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.apache.datasketches.kll.KllFloatsSketch;

/// What an artifact keeps of a feature's training values beside its [profile][FeatureProfile], and
/// events have no room for: at 88 features, a profile's bins are 15 KB of an event, these would be
/// 130 KB more.
///
/// The sketch is filled with the values at 200 equal steps of rank, so it holds them as they are,
/// its ranks are within .25 %, and the same training gives the same bytes. It merges and compares
/// with any other KLL sketch.
///
/// @param kll a KLL sketch of Apache DataSketches; empty without finite values
/// @param hoursOfWeek mean by hour of the week in UTC, from Thursday 00:00 on, as 1970 began; NaN
///     where there was no row
public record FeatureSketch(String name, byte[] kll, List<Float> hoursOfWeek) {
  private static final int K = 200;
  private static final int HOURS = 168;
  private static final long HOUR_MICROS = 3_600_000_000L;

  public FeatureSketch {
    hoursOfWeek = List.copyOf(hoursOfWeek);
  }

  /// Of a column of the rows.
  public static FeatureSketch of(String name, int column, TrainingRows rows) {
    var values = new float[rows.size()];
    var sums = new double[HOURS];
    var counts = new int[HOURS];
    int finite = 0;
    for (int row = 0; row < rows.size(); row++) {
      float value = rows.value(row, column);
      if (Float.isFinite(value)) {
        values[finite++] = value;
        long hour = Math.floorDiv(rows.eventTimeMicros(row), HOUR_MICROS);
        int hourOfWeek = Math.floorMod(hour, HOURS);
        sums[hourOfWeek] += value;
        counts[hourOfWeek]++;
      }
    }
    var hours = new Float[HOURS];
    Arrays.setAll(hours, hour -> (float) (sums[hour] / counts[hour]));
    return new FeatureSketch(
        name, sketch(Arrays.copyOf(values, finite)).toByteArray(), List.of(hours));
  }

  private static KllFloatsSketch sketch(float[] values) {
    Arrays.sort(values);
    var sketch = KllFloatsSketch.newHeapInstance(K);
    int steps = Math.min(K, values.length);
    for (int step = 0; step < steps; step++) {
      sketch.update(values[(int) ((2L * step + 1) * values.length / (2L * steps))]);
    }
    return sketch;
  }

  /// The test of a window's sketch against this one.
  ///
  /// @param referenceSize effective, of the training rows
  /// @param currentSize effective, of the window's
  public Statistic kolmogorovSmirnov(byte[] window, double referenceSize, double currentSize) {
    var test =
        KolmogorovSmirnov.of(
            KllFloatsSketch.heapify(MemorySegment.ofArray(kll)),
            KllFloatsSketch.heapify(MemorySegment.ofArray(window)),
            referenceSize,
            currentSize);
    return new Statistic(Statistic.KS, test.distance(), test.pValue());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FeatureSketch(var n, var k, var hours)
        && name.equals(n)
        && Arrays.equals(kll, k)
        && hoursOfWeek.equals(hours);
  }

  @Override
  public int hashCode() {
    return name.hashCode() * 31 + Arrays.hashCode(kll);
  }
}
