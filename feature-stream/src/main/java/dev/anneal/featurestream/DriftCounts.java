package dev.anneal.featurestream;

import dev.anneal.drift.Bins;
import dev.anneal.drift.FeatureProfile;
import dev.anneal.drift.ReferenceProfile;
import dev.anneal.drift.WindowCounts;
import dev.anneal.policy.EventTime;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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

  /// @param closedThroughDay last day that was told
  /// @param countedTo offset before which all rows are in the counts that are stored
  private record Counting(
      String deploymentId,
      long deployedAtMicros,
      long fromDay,
      long closedThroughDay,
      long countedTo) {
    Counting withCountedTo(long offset) {
      return new Counting(deploymentId, deployedAtMicros, fromDay, closedThroughDay, offset);
    }

    Counting withClosedThrough(long day) {
      return new Counting(deploymentId, deployedAtMicros, fromDay, day, countedTo);
    }
  }

  private final KeyValueStore<String, byte[]> store;
  private final int partition;
  private final Model model;
  private final TreeMap<Long, WindowCounts> days = new TreeMap<>();
  private @Nullable Deployed deployed;
  private @Nullable Counting counting;
  private List<Bins> bins = List.of();
  private int[] columns = {};
  private float[] values = {};
  private boolean lacksFeatures;

  DriftCounts(KeyValueStore<String, byte[]> store, int partition, Model model) {
    this.store = store;
    this.partition = partition;
    this.model = model;
    byte[] stored = store.get(model.key());
    this.counting = stored == null ? null : JsonCodec.decode(stored, Counting.class);
  }

  static StoreBuilder<KeyValueStore<String, byte[]>> builder() {
    return Stores.keyValueStoreBuilder(
            Stores.inMemoryKeyValueStore(NAME), Serdes.String(), Serdes.ByteArray())
        .withCachingEnabled();
  }

  /// Goes on with what is stored, when it is of this deployment; before the rows come again.
  void resume(@Nullable Deployed now) {
    if (now != null && counting != null && counting.deploymentId().equals(now.deploymentId())) {
      deployed = now;
      prepare(now.reference());
      load(now.reference());
    }
  }

  /// Counts against this deployment from now on; nothing when it is the one already.
  ///
  /// @param newestMicros event time that the partition has seen before the row to count next
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
    put(new Counting(now.deploymentId(), now.deployedAtMicros(), from, from - 1, offset));
    policy.accept(
        new Message.CountingStarted(partition, now.deploymentId(), now.deployedAtMicros(), from));
  }

  private void prepare(ReferenceProfile reference) {
    var names = model.specification().names();
    bins = reference.features().stream().map(FeatureProfile::bins).toList();
    columns =
        reference.features().stream().mapToInt(profile -> names.indexOf(profile.name())).toArray();
    values = new float[columns.length];
    lacksFeatures = Arrays.stream(columns).anyMatch(column -> column < 0);
  }

  private void load(ReferenceProfile reference) {
    days.clear();
    for (String key : storedDays()) {
      byte[] bytes = store.get(key);
      if (bytes != null) {
        var counts = WindowCounts.empty(reference);
        counts.add(decode(bytes));
        days.put(Long.valueOf(key.substring(key.lastIndexOf('/') + 1)), counts);
      }
    }
  }

  private List<String> storedDays() {
    var keys = new ArrayList<String>();
    try (var entries = store.prefixScan(model.key() + "/", new StringSerializer())) {
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
    var current = counting;
    var version = deployed;
    if (current == null || version == null) {
      return;
    }
    long day = EventTime.day(eventTimeMicros);
    if (day <= current.closedThroughDay()) {
      return;
    }
    for (int i = 0; i < columns.length; i++) {
      values[i] = vector[columns[i]];
    }
    days.computeIfAbsent(day, _ -> WindowCounts.empty(version.reference())).add(bins, values);
  }

  /// Stores what was counted.
  ///
  /// @param offset of the partition's next record
  void save(long offset) {
    var current = counting;
    if (current != null && deployed != null) {
      days.forEach((day, counts) -> store.put(model.key() + "/" + day, encode(counts)));
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
        (day, counts) -> {
          policy.accept(message(current, day, day, counts.rows(), counts.counts()));
          store.delete(model.key() + "/" + day);
        });
    closed.clear();
    policy.accept(message(current, over, over, 0, new long[0][]));
    put(current.withClosedThrough(over));
  }

  private Message message(
      Counting current, long day, long closedThrough, long rows, long[][] counts) {
    var lists =
        Arrays.stream(counts).map(feature -> Arrays.stream(feature).boxed().toList()).toList();
    return new Message.DayCounts(
        partition,
        current.deploymentId(),
        current.deployedAtMicros(),
        day,
        closedThrough,
        rows,
        lists);
  }

  private void put(Counting changed) {
    counting = changed;
    store.put(model.key(), JsonCodec.encode(changed));
  }

  private static byte[] encode(WindowCounts window) {
    int longs = 2;
    for (long[] counts : window.counts()) {
      longs += 1 + counts.length;
    }
    var buffer =
        ByteBuffer.allocate(longs * Long.BYTES)
            .putLong(window.rows())
            .putLong(window.counts().length);
    for (long[] counts : window.counts()) {
      buffer.putLong(counts.length);
      for (long count : counts) {
        buffer.putLong(count);
      }
    }
    return buffer.array();
  }

  private static WindowCounts decode(byte[] bytes) {
    var buffer = ByteBuffer.wrap(bytes);
    long rows = buffer.getLong();
    var counts = new long[(int) buffer.getLong()][];
    for (int feature = 0; feature < counts.length; feature++) {
      counts[feature] = new long[(int) buffer.getLong()];
      for (int bin = 0; bin < counts[feature].length; bin++) {
        counts[feature][bin] = buffer.getLong();
      }
    }
    return WindowCounts.of(rows, counts);
  }
}
