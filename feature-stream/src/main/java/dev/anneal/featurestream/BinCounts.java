package dev.anneal.featurestream;

import dev.anneal.drift.SensorCounts;
import dev.anneal.drift.WindowCounts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Rows of some days, counted.
///
/// @param counts per feature, per bin
/// @param sensors what was counted of the sensors themselves
record BinCounts(long rows, List<List<Long>> counts, List<List<Long>> sensors) {
  static final BinCounts NOTHING = new BinCounts(0, List.of(), List.of());

  static BinCounts of(DayTally tally) {
    return new BinCounts(
        tally.features().rows(), lists(tally.features().counts()), lists(tally.sensors().counts()));
  }

  private static List<List<Long>> lists(long[][] counts) {
    return Arrays.stream(counts).map(row -> Arrays.stream(row).boxed().toList()).toList();
  }

  /// Whether both count over the same numbers of bins. What counts nothing has no bins, and any.
  boolean hasShapeOf(BinCounts other) {
    return haveSameShape(counts, other.counts) && haveSameShape(sensors, other.sensors);
  }

  private static boolean haveSameShape(List<List<Long>> a, List<List<Long>> b) {
    return a.isEmpty() || b.isEmpty() || bins(a).equals(bins(b));
  }

  private static List<Integer> bins(List<List<Long>> counts) {
    return counts.stream().map(List::size).toList();
  }

  /// @param other of the same shape
  BinCounts plus(BinCounts other) {
    return new BinCounts(rows + other.rows, sum(counts, other.counts), sum(sensors, other.sensors));
  }

  private static List<List<Long>> sum(List<List<Long>> a, List<List<Long>> b) {
    if (a.isEmpty() || b.isEmpty()) {
      return a.isEmpty() ? b : a;
    }
    var sums = new ArrayList<List<Long>>();
    for (int i = 0; i < a.size(); i++) {
      sums.add(plus(a.get(i), b.get(i)));
    }
    return sums;
  }

  WindowCounts toWindowCounts() {
    return WindowCounts.of(rows, arrays(counts));
  }

  SensorCounts toSensorCounts() {
    return SensorCounts.of(arrays(sensors));
  }

  private static long[][] arrays(List<List<Long>> lists) {
    return lists.stream()
        .map(list -> list.stream().mapToLong(Long::longValue).toArray())
        .toArray(long[][]::new);
  }

  private static List<Long> plus(List<Long> a, List<Long> b) {
    var sums = new ArrayList<Long>();
    for (int bin = 0; bin < a.size(); bin++) {
      sums.add(a.get(bin) + b.get(bin));
    }
    return sums;
  }
}
