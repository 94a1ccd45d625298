package dev.anneal.featurestream;

import dev.anneal.drift.Bins;
import dev.anneal.drift.FeatureProfile;
import dev.anneal.drift.ReferenceProfile;
import dev.anneal.drift.SensorLimits;
import dev.anneal.drift.SensorMemory;
import dev.anneal.drift.SensorWatch;
import dev.anneal.drift.WindowCounts;
import dev.anneal.policy.EventTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
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

  /// @param sensors that are counted; what is stored of others cannot be gone on with
  /// @param closedThroughDay last day that was told
  /// @param countedTo offset before which all rows are in the counts that are stored
  private record Counting(
      String deploymentId,
      long deployedAtMicros,
      List<String> sensors,
      long fromDay,
      long closedThroughDay,
      long countedTo) {
    Counting {
      sensors = Objects.requireNonNullElse(sensors, List.of()); // stored before they were known
    }

    Counting withCountedTo(long offset) {
      return new Counting(
          deploymentId, deployedAtMicros, sensors, fromDay, closedThroughDay, offset);
    }

    Counting withClosedThrough(long day) {
      return new Counting(deploymentId, deployedAtMicros, sensors, fromDay, day, countedTo);
    }

    boolean isOf(Deployed now, List<String> sensorsNow) {
      return deploymentId.equals(now.deploymentId()) && sensors.equals(sensorsNow);
    }
  }

  private final KeyValueStore<String, byte[]> store;
  private final int partition;
  private final String key;
  private final List<String> features;
  private final List<String> sensors;
  private final SensorLimits limits;
  private final TreeMap<Long, DayTally> days = new TreeMap<>();
  private @Nullable Deployed deployed;
  private @Nullable Counting counting;
  private List<Bins> bins = List.of();
  private int[] columns = {};
  private float[] values = {};
  private boolean lacksFeatures;
  private @Nullable SensorWatch watch;

  /// @param key of the model
  /// @param features in the order of the vectors
  /// @param sensors in the order of the rows; none where there are only features
  DriftCounts(
      KeyValueStore<String, byte[]> store,
      int partition,
      String key,
      List<String> features,
      List<String> sensors,
      SensorLimits limits) {
    this.limits = limits;
    this.store = store;
    this.partition = partition;
    this.key = key;
    this.features = features;
    this.sensors = sensors;
    byte[] stored = store.get(key);
    this.counting = stored == null ? null : JsonCodec.decode(stored, Counting.class);
  }

  static StoreBuilder<KeyValueStore<String, byte[]>> builder() {
    return Stores.keyValueStoreBuilder(
            Stores.inMemoryKeyValueStore(NAME), Serdes.String(), Serdes.ByteArray())
        .withCachingEnabled();
  }

  /// Goes on with what is stored, when it is of this deployment and of the same sensors; before the
  /// rows come again.
  void resume(@Nullable Deployed now) {
    if (now != null && counting != null && counting.isOf(now, sensors)) {
      deployed = now;
      prepare(now.reference());
      load();
    }
  }

  /// Counts against this deployment from now on; nothing when it is the one already.
  ///
  /// @param newestMicros event time before which the partition may have had rows not counted here
  /// @param offset of that row
  void follow(Deployed now, long newestMicros, long offset, Consumer<Message> policy) {
    if (deployed != null && deployed.deploymentId().equals(now.deploymentId())) {
      return;
    }
    deployed = now;
    prepare(now.reference());
    storedDays().forEach(store::delete);
    days.clear();
    long from = EventTime.firstWholeDay(Math.max(now.reference().toMicros(), newestMicros));
    put(new Counting(now.deploymentId(), now.deployedAtMicros(), sensors, from, from - 1, offset));
    policy.accept(
        new Message.CountingStarted(
            partition, now.deploymentId(), now.deployedAtMicros(), sensors, from));
  }

  private void prepare(ReferenceProfile reference) {
    bins = reference.features().stream().map(FeatureProfile::bins).toList();
    columns =
        reference.features().stream()
            .mapToInt(profile -> features.indexOf(profile.name()))
            .toArray();
    values = new float[columns.length];
    watch = new SensorWatch(reference, sensors, limits);
    lacksFeatures = Arrays.stream(columns).anyMatch(column -> column < 0);
  }

  private void load() {
    days.clear();
    for (String day : storedDays()) {
      byte[] bytes = store.get(day);
      if (bytes != null) {
        days.put(Long.valueOf(day.substring(day.lastIndexOf('/') + 1)), DayTally.decode(bytes));
      }
    }
  }

  private List<String> storedDays() {
    var keys = new ArrayList<String>();
    try (var entries = store.prefixScan(key + "/", new StringSerializer())) {
      entries.forEachRemaining(entry -> keys.add(entry.key));
    }
    return keys;
  }

  /// Whether the row at this offset is to be counted, and was not.
  boolean isDue(long offset) {
    return counting != null
        && deployed != null
        && offset >= counting.countedTo()
        && !lacksFeatures; // of a version that was trained on features which the model has no more
  }

  /// Counts a row's features where [it is due][#isDue].
  void count(float[] vector, long eventTimeMicros) {
    var tally = tally(eventTimeMicros);
    if (tally != null) {
      for (int i = 0; i < columns.length; i++) {
        values[i] = vector[columns[i]];
      }
      tally.features().add(bins, values);
    }
  }

  /// Counts a row's sensors where [it is due][#isDue].
  void count(double[] row, boolean trusted, SensorMemory ofAsset, long eventTimeMicros) {
    var tally = tally(eventTimeMicros);
    if (tally != null && watch != null) {
      watch.count(tally.sensors(), row, trusted, ofAsset);
    }
  }

  /// Null where the day is told already.
  private @Nullable DayTally tally(long eventTimeMicros) {
    var current = counting;
    var version = deployed;
    var sensorWatch = watch;
    long day = EventTime.day(eventTimeMicros);
    if (current == null
        || version == null
        || sensorWatch == null
        || day <= current.closedThroughDay()) {
      return null;
    }
    var known = days.get(day);
    if (known != null) {
      return known;
    }
    var tally = new DayTally(WindowCounts.empty(version.reference()), sensorWatch.empty());
    days.put(day, tally);
    return tally;
  }

  /// Stores what was counted.
  ///
  /// @param offset of the partition's next record
  void save(long offset) {
    var current = counting;
    if (current != null && deployed != null) {
      days.forEach((day, tally) -> store.put(key + "/" + day, tally.encode()));
      put(current.withCountedTo(offset));
    }
  }

  /// Tells the policy of the days that are over.
  void close(long newestMicros, Consumer<Message> policy) {
    var current = counting;
    long over = EventTime.day(newestMicros - CLOSE_AFTER_MICROS) - 1;
    if (current == null || over <= current.closedThroughDay()) {
      return;
    }
    var closed = days.headMap(over, true);
    closed.forEach(
        (day, tally) -> {
          policy.accept(message(current, day, day, tally));
          store.delete(key + "/" + day);
        });
    closed.clear();
    policy.accept(message(current, over, over, null));
    put(current.withClosedThrough(over));
  }

  private Message message(
      Counting current, long day, long closedThrough, @Nullable DayTally tally) {
    return new Message.DayCounts(
        partition,
        current.deploymentId(),
        current.deployedAtMicros(),
        current.sensors(),
        day,
        closedThrough,
        tally == null ? 0 : tally.features().rows(),
        tally == null ? List.of() : lists(tally.features().counts()),
        tally == null || sensors.isEmpty() ? List.of() : lists(tally.sensors().counts()));
  }

  private static List<List<Long>> lists(long[][] counts) {
    return Arrays.stream(counts).map(row -> Arrays.stream(row).boxed().toList()).toList();
  }

  private void put(Counting changed) {
    counting = changed;
    store.put(key, JsonCodec.encode(changed));
  }
}
