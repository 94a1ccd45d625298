package dev.anneal.featurestream;

import dev.anneal.policy.RetrainingSettings.WindowSettings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Counts per day of one model, merged over the partitions of its telemetry.
///
/// A day is complete when every partition that counts has closed it, or when one has closed the day
/// after the next: assets that fell silent hold nothing up. A window says how many partitions it
/// was evaluated without; what they count of its days later [is late][#isLate]. Days before all
/// partitions counted are never evaluated; they would compare a part of the assets with all.
///
/// @param deploymentId whose reference is counted against
/// @param deployedAtMicros orders deployments
/// @param sensors of the model, in the order of their counts
/// @param fromDay first day that every partition counts whole
/// @param closedThrough last closed day of each partition
/// @param days counts of open days and those of evaluated ones that long windows need
/// @param evaluatedThrough last evaluated day
record PartialWindows(
    String deploymentId,
    long deployedAtMicros,
    List<String> sensors,
    long fromDay,
    Map<Integer, Long> closedThrough,
    SortedMap<Long, BinCounts> days,
    long evaluatedThrough) {

  private static final int DAYS_WAITED_FOR = 2;

  /// Of slow data.
  private static final int MOST_DAYS = 60;

  PartialWindows {
    sensors = Objects.requireNonNullElse(sensors, List.of()); // stored before they were known
  }

  /// Whole days, both ends included.
  ///
  /// @param partitionsMissing that had not closed the last day: they are silent, or lag behind
  record Window(long firstDay, long lastDay, BinCounts counts, int partitionsMissing) {}

  /// These windows after a partition's start; another set when it counts against a newer
  /// deployment. Where it counts other sensors, as after a change of the model's definition, what
  /// was counted so far cannot be added to: all begin anew, no earlier than they did.
  static PartialWindows with(@Nullable PartialWindows before, Message.CountingStarted started) {
    if (before != null && started.deployedAtMicros() < before.deployedAtMicros) {
      return before;
    }
    if (before == null || !started.deploymentId().equals(before.deploymentId)) {
      return new PartialWindows(
          started.deploymentId(),
          started.deployedAtMicros(),
          started.sensors(),
          started.fromDay(),
          Map.of(started.partition(), started.fromDay() - 1),
          new TreeMap<>(),
          started.fromDay() - 1);
    }
    boolean goesOn = started.sensors().equals(before.sensors);
    var closed = goesOn ? new HashMap<>(before.closedThrough) : new HashMap<Integer, Long>();
    closed.putIfAbsent(started.partition(), started.fromDay() - 1);
    long from = Math.max(before.fromDay, started.fromDay());
    return new PartialWindows(
        before.deploymentId,
        before.deployedAtMicros,
        started.sensors(),
        from,
        closed,
        goesOn ? before.days.tailMap(from) : new TreeMap<>(),
        Math.max(before.evaluatedThrough, from - 1));
  }

  /// These windows with a partition's counts, which are dropped where they are of another
  /// deployment, of other sensors, too late, or of a day that the partition had closed: a closed
  /// day is told once, in the order of the days, and again only after a kill.
  PartialWindows with(Message.DayCounts part) {
    if (!isSameCounting(part) || isClosed(part)) {
      return this;
    }
    var counts = new BinCounts(part.rows(), part.counts(), part.sensors());
    return over(counts).plus(part, counts);
  }

  private PartialWindows plus(Message.DayCounts part, BinCounts counts) {
    var closed = new HashMap<>(closedThrough);
    closed.merge(part.partition(), part.closedThroughDay(), Math::max);
    var more = new TreeMap<>(days);
    if (part.day() > evaluatedThrough && part.rows() > 0) {
      more.merge(part.day(), counts, BinCounts::plus);
    }
    return new PartialWindows(
        deploymentId, deployedAtMicros, sensors, fromDay, closed, more, evaluatedThrough);
  }

  /// These windows, begun anew after days over other bins, as another release makes of a reference.
  PartialWindows over(BinCounts bins) {
    if (days.values().stream().allMatch(bins::hasShapeOf)) {
      return this;
    }
    long from = Math.max(fromDay, days.lastKey() + 1);
    return new PartialWindows(
        deploymentId,
        deployedAtMicros,
        sensors,
        from,
        closedThrough,
        new TreeMap<>(),
        Math.max(evaluatedThrough, from - 1));
  }

  /// The oldest short window of complete days that was not evaluated; null when there is none.
  @Nullable Window nextShort(WindowSettings settings) {
    var next = days.tailMap(evaluatedThrough + 1);
    var sum = BinCounts.NOTHING;
    for (long day : next.keySet()) {
      if (!isComplete(day)) {
        return null;
      }
      sum = sum.plus(next.getOrDefault(day, BinCounts.NOTHING));
      long length = day - next.firstKey() + 1;
      boolean isWhole = length >= settings.shortDays() && sum.rows() >= settings.shortRows();
      if (isWhole || length >= MOST_DAYS) {
        return new Window(next.firstKey(), day, sum, missing(day));
      }
    }
    return null;
  }

  /// Whether a partition's counts came after their day was evaluated without them. Those of a day
  /// that it had closed were counted, and are sent again after a kill.
  boolean isLate(Message.DayCounts part) {
    return isSameCounting(part)
        && part.rows() > 0
        && part.day() >= fromDay
        && part.day() <= evaluatedThrough
        && !isClosed(part);
  }

  private boolean isClosed(Message.DayCounts part) {
    return part.day() <= closedThrough.getOrDefault(part.partition(), Long.MIN_VALUE);
  }

  private boolean isSameCounting(Message.DayCounts part) {
    return part.deploymentId().equals(deploymentId) && part.ofSensors().equals(sensors);
  }

  private int missing(long day) {
    return (int) closedThrough.values().stream().filter(closed -> closed < day).count();
  }

  private boolean isComplete(long day) {
    return missing(day) == 0
        || closedThrough.values().stream().anyMatch(closed -> closed >= day + DAYS_WAITED_FOR);
  }

  /// These windows after the evaluation of a short one, without the days that no long one needs.
  PartialWindows evaluated(Window window, WindowSettings settings) {
    return new PartialWindows(
        deploymentId,
        deployedAtMicros,
        sensors,
        fromDay,
        closedThrough,
        days.tailMap(longFrom(window.lastDay(), settings)),
        window.lastDay());
  }

  /// The long window that ends with a short one; null while it would begin before all partitions
  /// counted, or is no longer than the short one.
  @Nullable Window longEndingWith(Window window, WindowSettings settings) {
    long first = longFrom(window.lastDay(), settings);
    if (first < fromDay || first >= window.firstDay()) {
      return null;
    }
    long last = window.lastDay();
    return new Window(first, last, sum(first, last), window.partitionsMissing());
  }

  /// First day of the long window that ends with `last`.
  private long longFrom(long last, WindowSettings settings) {
    long first = last - settings.longDays() + 1;
    long rows = days.subMap(first, last + 1).values().stream().mapToLong(BinCounts::rows).sum();
    while (first > last - MOST_DAYS + 1 && rows < settings.longRows()) {
      first--;
      rows += days.getOrDefault(first, BinCounts.NOTHING).rows();
    }
    return first;
  }

  private BinCounts sum(long first, long last) {
    return days.subMap(first, last + 1).values().stream()
        .reduce(BinCounts.NOTHING, BinCounts::plus);
  }
}
