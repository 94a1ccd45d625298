package dev.anneal.featurestream;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One-day windows of one model, merged over the partitions of its telemetry.
///
/// A day is complete when every partition that counts has closed it, or when one has closed the day
/// after the next: assets that fell silent hold nothing up. Days before all partitions counted are
/// never evaluated; they would compare a part of the assets with all.
///
/// @param deploymentId whose reference is counted against
/// @param deployedAtMicros orders deployments
/// @param fromDay first day that every partition counts whole
/// @param closedThrough last closed day of each partition
/// @param days counts of open days and of the evaluated ones of the last week
/// @param evaluatedThrough last evaluated day
record PartialWindows(
    String deploymentId,
    long deployedAtMicros,
    long fromDay,
    Map<Integer, Long> closedThrough,
    SortedMap<Long, Counts> days,
    long evaluatedThrough) {

  private static final int DAYS_KEPT = 7;
  private static final int DAYS_WAITED_FOR = 2;

  /// @param counts per feature, per bin
  record Counts(long rows, List<List<Long>> counts) {
    Counts plus(Counts other) {
      if (counts.isEmpty() || other.counts.isEmpty()) {
        return counts.isEmpty() ? other : this;
      }
      var sums = new ArrayList<List<Long>>();
      for (int feature = 0; feature < counts.size(); feature++) {
        sums.add(plus(counts.get(feature), other.counts.get(feature)));
      }
      return new Counts(rows + other.rows, sums);
    }

    private static List<Long> plus(List<Long> a, List<Long> b) {
      var sums = new ArrayList<Long>();
      for (int bin = 0; bin < a.size(); bin++) {
        sums.add(a.get(bin) + b.get(bin));
      }
      return sums;
    }
  }

  /// These windows after a partition's start; another set when it counts against a newer
  /// deployment.
  static PartialWindows with(@Nullable PartialWindows before, Message.CountingStarted started) {
    if (before != null && started.deployedAtMicros() < before.deployedAtMicros) {
      return before;
    }
    if (before == null || !started.deploymentId().equals(before.deploymentId)) {
      return new PartialWindows(
          started.deploymentId(),
          started.deployedAtMicros(),
          started.fromDay(),
          Map.of(started.partition(), started.fromDay() - 1),
          new TreeMap<>(),
          started.fromDay() - 1);
    }
    var closed = new HashMap<>(before.closedThrough);
    closed.putIfAbsent(started.partition(), started.fromDay() - 1);
    long from = Math.max(before.fromDay, started.fromDay());
    return new PartialWindows(
        before.deploymentId,
        before.deployedAtMicros,
        from,
        closed,
        before.days.tailMap(from),
        Math.max(before.evaluatedThrough, from - 1));
  }

  /// These windows with a partition's counts, which are dropped where they are of another
  /// deployment or too late.
  PartialWindows with(Message.DayCounts part) {
    if (!part.deploymentId().equals(deploymentId)) {
      return this;
    }
    var closed = new HashMap<>(closedThrough);
    closed.merge(part.partition(), part.closedThroughDay(), Math::max);
    var more = new TreeMap<>(days);
    if (part.day() > evaluatedThrough && part.rows() > 0) {
      more.merge(part.day(), new Counts(part.rows(), part.counts()), Counts::plus);
    }
    return new PartialWindows(
        deploymentId, deployedAtMicros, fromDay, closed, more, evaluatedThrough);
  }

  /// The oldest complete day with rows that was not evaluated; null when there is none.
  @Nullable Long nextComplete() {
    for (long day : days.tailMap(evaluatedThrough + 1).keySet()) {
      if (isComplete(day)) {
        return day;
      }
    }
    return null;
  }

  private boolean isComplete(long day) {
    return closedThrough.values().stream().allMatch(closed -> closed >= day)
        || closedThrough.values().stream().anyMatch(closed -> closed >= day + DAYS_WAITED_FOR);
  }

  PartialWindows evaluated(long day) {
    return new PartialWindows(
        deploymentId,
        deployedAtMicros,
        fromDay,
        closedThrough,
        days.tailMap(day - DAYS_KEPT + 1),
        day);
  }

  Counts day(long day) {
    return days.getOrDefault(day, new Counts(0, List.of()));
  }

  /// The week that ends with `day`; null while it begins before all partitions counted.
  @Nullable Counts week(long day) {
    long first = day - DAYS_KEPT + 1;
    return first < fromDay
        ? null
        : days.subMap(first, day + 1).values().stream()
            .reduce(new Counts(0, List.of()), Counts::plus);
  }
}
