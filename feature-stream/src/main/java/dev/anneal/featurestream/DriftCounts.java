package dev.anneal.featurestream;

import dev.anneal.drift.SensorLimits;
import dev.anneal.drift.SensorMemory;
import dev.anneal.policy.EventTime;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One partition's rows of one model per day, counted over the bins of the deployed version's
/// reference. Counted on the heap and stored now and then, with the offset up to which was counted:
/// a rebuild counts the rows from there on again, so that each row's count is there once.
///
/// Only whole days count: the first is the first that begins after the reference's data ends and
/// after the partition saw the deployment. A day closes an hour of event time after its end; assets
/// of a partition that lag behind by more do not count in it.
final class DriftCounts {
  static final String NAME = "drift-counts";

  private static final long CLOSE_AFTER_MICROS = EventTime.HOUR_MICROS;

  private final StoredCounts stored;
  private final int partition;
  private final List<String> features;
  private final List<String> sensors;
  private final SensorLimits limits;
  private final SortedMap<Long, DayTally> days = new TreeMap<>();
  private @Nullable Counting counting;
  private @Nullable RowCounter counter;
  private boolean lacksFeatures;

  /// @param stored what was counted of the model
  /// @param features in the order of the vectors
  /// @param sensors in the order of the rows; none where there are only features
  DriftCounts(
      StoredCounts stored,
      int partition,
      List<String> features,
      List<String> sensors,
      SensorLimits limits) {
    this.stored = stored;
    this.partition = partition;
    this.features = features;
    this.sensors = sensors;
    this.limits = limits;
    this.counting = stored.counting();
  }

  /// Goes on with what is stored, when it is of this deployment, of the same sensors and over the
  /// same bins, which another release may make others of; before the rows come again.
  void resume(@Nullable Deployed now) {
    if (now != null && counting != null && counting.isOf(now, sensors)) {
      var by = new RowCounter(now, features, sensors, limits);
      var before = stored.days();
      if (before.values().stream().allMatch(by.empty()::hasShapeOf)) {
        countBy(by);
        days.putAll(before);
      }
    }
  }

  /// Counts against this deployment from now on; nothing when it is the one already.
  ///
  /// @param newestMicros event time before which the partition may have had rows not counted here
  /// @param offset of that row
  void follow(Deployed now, long newestMicros, long offset, Consumer<Message> policy) {
    if (counter != null && counter.isOf(now)) {
      return;
    }
    countBy(new RowCounter(now, features, sensors, limits));
    stored.forgetDays();
    long from = EventTime.firstWholeDay(Math.max(now.reference().toMicros(), newestMicros));
    put(new Counting(now.deploymentId(), now.deployedAtMicros(), sensors, from, from - 1, offset));
    policy.accept(
        new Message.CountingStarted(
            partition, now.deploymentId(), now.deployedAtMicros(), sensors, from));
  }

  private void countBy(RowCounter by) {
    counter = by;
    lacksFeatures = by.lacksFeatures();
    days.clear();
  }

  /// Whether the row at this offset is to be counted, and was not.
  boolean isDue(long offset) {
    return counting != null
        && counter != null
        && offset >= counting.countedTo()
        && !lacksFeatures; // of a version that was trained on features which the model has no more
  }

  /// Counts a row's features where [it is due][#isDue].
  void count(float[] vector, long eventTimeMicros) {
    long day = EventTime.day(eventTimeMicros);
    if (counter != null && isOpen(day)) {
      counter.count(tally(counter, day), vector);
    }
  }

  /// Counts a row's sensors where [it is due][#isDue].
  void count(double[] row, boolean trusted, SensorMemory ofAsset, long eventTimeMicros) {
    long day = EventTime.day(eventTimeMicros);
    if (counter != null && isOpen(day)) {
      counter.count(tally(counter, day), row, trusted, ofAsset);
    }
  }

  /// Whether the day was not told yet.
  private boolean isOpen(long day) {
    return counting != null && day > counting.closedThroughDay();
  }

  private DayTally tally(RowCounter by, long day) {
    var known = days.get(day);
    if (known != null) {
      return known;
    }
    var tally = by.empty();
    days.put(day, tally);
    return tally;
  }

  /// Stores what was counted.
  ///
  /// @param offset of the partition's next record
  void save(long offset) {
    if (counting != null && counter != null) {
      days.forEach(stored::put);
      put(counting.withCountedTo(offset));
    }
  }

  /// Tells the policy of the days that are over.
  void close(long newestMicros, Consumer<Message> policy) {
    var current = counting;
    long over = EventTime.day(newestMicros - CLOSE_AFTER_MICROS) - 1;
    if (current == null || over <= current.closedThroughDay()) {
      return;
    }
    var closed = days.headMap(over + 1);
    closed.forEach(
        (day, tally) -> {
          policy.accept(message(current, day, day, tally));
          stored.forget(day);
        });
    closed.clear();
    policy.accept(message(current, over, over, null));
    put(current.withClosedThrough(over));
  }

  private Message message(
      Counting current, long day, long closedThrough, @Nullable DayTally tally) {
    var counts = tally == null ? BinCounts.NOTHING : BinCounts.of(tally);
    return new Message.DayCounts(
        partition,
        current.deploymentId(),
        current.deployedAtMicros(),
        current.sensors(),
        day,
        closedThrough,
        counts.rows(),
        counts.counts(),
        sensors.isEmpty() ? List.of() : counts.sensors());
  }

  private void put(Counting changed) {
    counting = changed;
    stored.put(changed);
  }
}
