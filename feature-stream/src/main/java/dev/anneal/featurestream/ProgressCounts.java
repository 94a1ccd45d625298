package dev.anneal.featurestream;

import dev.anneal.policy.EventTime;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/// How many rows of an organization a partition saw, by hour of event time, and how much of it its
/// models' policies know. They are told when an hour ends or [#TELL_AFTER_ROWS] rows came; a model
/// that appears later is told of all.
final class ProgressCounts {
  static final String NAME = "progress";

  private static final int TELL_AFTER_ROWS = 1_000;

  // what a model that is defined later may still hear of
  private static final long HOURS_KEPT = 400L * 24;

  private final KeyValueStore<String, byte[]> store;
  private final String organization;
  private final SortedMap<Long, Long> untold = new TreeMap<>();
  private long untoldRows;
  private long toldHour = Long.MIN_VALUE;

  ProgressCounts(KeyValueStore<String, byte[]> store, String organization) {
    this.store = store;
    this.organization = organization;
    hours()
        .forEach(
            (hour, counts) -> {
              if (counts[0] > counts[1]) {
                untold.put(hour, counts[0] - counts[1]);
                untoldRows += counts[0] - counts[1];
              }
              toldHour = Math.max(toldHour, hour);
            });
  }

  static StoreBuilder<KeyValueStore<String, byte[]>> builder() {
    return Stores.keyValueStoreBuilder(
            Stores.inMemoryKeyValueStore(NAME), Serdes.String(), Serdes.ByteArray())
        .withCachingEnabled();
  }

  void count(long eventTimeMicros) {
    long hour = EventTime.hour(eventTimeMicros);
    long[] counts = read(store.get(key(hour)));
    store.put(key(hour), bytes(counts[0] + 1, counts[1]));
    untold.merge(hour, 1L, Long::sum);
    untoldRows++;
  }

  /// Whether it is time to tell the policies.
  boolean isDue(long newestMicros) {
    return untoldRows >= TELL_AFTER_ROWS
        || (untoldRows > 0 && EventTime.hour(newestMicros) > toldHour);
  }

  /// What the policies do not know yet; they do now.
  Message.Progress tell(long newestMicros) {
    var progress = new Message.Progress(new TreeMap<>(untold), newestMicros);
    for (long hour : untold.keySet()) {
      long rows = read(store.get(key(hour)))[0];
      store.put(key(hour), bytes(rows, rows));
    }
    untold.clear();
    untoldRows = 0;
    toldHour = EventTime.hour(newestMicros);
    forget(toldHour - HOURS_KEPT);
    return progress;
  }

  /// All that the other models were told, for a model that was never told anything; null when it
  /// was.
  Message.@Nullable Progress tellAll(Model model, long newestMicros) {
    String marker = organization + "/m/" + model.name();
    if (store.get(marker) != null) {
      return null;
    }
    store.put(marker, new byte[] {1});
    var told = new TreeMap<Long, Long>();
    hours().forEach((hour, counts) -> told.merge(hour, counts[1], Long::sum));
    told.values().removeIf(rows -> rows == 0);
    return new Message.Progress(told, newestMicros);
  }

  private void forget(long beforeHour) {
    List<String> old = new ArrayList<>();
    hours().headMap(beforeHour).keySet().forEach(hour -> old.add(key(hour)));
    old.forEach(store::delete);
  }

  private SortedMap<Long, long[]> hours() {
    var hours = new TreeMap<Long, long[]>();
    String prefix = organization + "/h/";
    try (var entries = store.prefixScan(prefix, new StringSerializer())) {
      while (entries.hasNext()) {
        var entry = entries.next();
        hours.put(Long.valueOf(entry.key.substring(prefix.length())), read(entry.value));
      }
    }
    return hours;
  }

  private String key(long hour) {
    return organization + "/h/" + hour;
  }

  private static byte[] bytes(long rows, long told) {
    return ByteBuffer.allocate(2 * Long.BYTES).putLong(rows).putLong(told).array();
  }

  private static long[] read(byte @Nullable [] bytes) {
    if (bytes == null) {
      return new long[2];
    }
    var buffer = ByteBuffer.wrap(bytes);
    return new long[] {buffer.getLong(), buffer.getLong()};
  }
}
