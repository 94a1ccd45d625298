package dev.anneal.featurestream;

import dev.anneal.drift.SensorCounts;
import dev.anneal.drift.WindowCounts;
import java.util.ArrayList;
import java.util.List;

/// Rows of some days, counted.
///
/// @param counts per feature, per bin
/// @param sensors what was counted of the sensors themselves
record BinCounts(long rows, List<List<Long>> counts, List<List<Long>> sensors) {
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
