package dev.anneal.featurestream;

import dev.anneal.policy.EventTime;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// How many rows of an organization a partition saw, by hour of event time, and how much of it its
/// models' policies know. They are told when an hour ends or [#TELL_AFTER_ROWS] rows came; a model
/// that appears later is told of all.
///
/// Counted on the heap and stored now and then, with the offset up to which was counted: a rebuild
/// counts the rows from there on again.
final class ProgressCounts {
  static final String NAME = "progress";

  private static final int TELL_AFTER_ROWS = 10_000;

  // what a model that is defined later may still hear of
  private static final long HOURS_KEPT = 400L * 24;

  /// Rows of one hour.
  private static final class Hour {
    private final long hour;
    private long rows;
    private long told;

    Hour(long hour) {
      this.hour = hour;
    }
  }

  private final KeyValueStore<String, byte[]> store;
  private final String organization;
  private final TreeMap<Long, Hour> hours = new TreeMap<>();
  private final Set<String> toldModels = new HashSet<>();
  private final TreeMap<Long, Hour> untold = new TreeMap<>();
  private @Nullable Hour current;
  private long countedTo;
  private long untoldRows;
  private long toldHour = Long.MIN_VALUE;

  /// @param offset of the partition's next record, where counting begins if it has not
  ProgressCounts(KeyValueStore<String, byte[]> store, String organization, long offset) {
    this.store = store;
    this.organization = organization;
    byte[] counted = store.get(organization);
    if (counted == null) {
      store.put(organization, bytes(offset, 0));
    }
    countedTo = counted == null ? offset : ByteBuffer.wrap(counted).getLong();
    loadHours();
  }

  private void loadHours() {
    String prefix = organization + "/h/";
    try (var entries = store.prefixScan(prefix, new StringSerializer())) {
      while (entries.hasNext()) {
        var entry = entries.next();
        var hour = new Hour(Long.parseLong(entry.key.substring(prefix.length())));
        var counts = ByteBuffer.wrap(entry.value);
        hour.rows = counts.getLong();
        hour.told = counts.getLong();
        hours.put(hour.hour, hour);
        if (hour.rows > hour.told) {
          untold.put(hour.hour, hour);
          untoldRows += hour.rows - hour.told;
        }
        toldHour = Math.max(toldHour, hour.hour);
      }
    }
  }

  /// Counts the row at this offset, unless it was counted.
  void count(long eventTimeMicros, long offset) {
    if (offset < countedTo) {
      return;
    }
    long hour = EventTime.hour(eventTimeMicros);
    var counts = current;
    if (counts == null || counts.hour != hour) {
      counts = hours.computeIfAbsent(hour, Hour::new);
      current = counts;
    }
    if (counts.rows == counts.told) {
      untold.put(hour, counts);
    }
    counts.rows++;
    untoldRows++;
  }

  /// Whether it is time to tell the policies.
  boolean isDue(long newestMicros) {
    return untoldRows >= TELL_AFTER_ROWS
        || (untoldRows > 0 && EventTime.hour(newestMicros) > toldHour);
  }

  /// What the policies do not know yet; they do now.
  ///
  /// @param offset of the partition's next record
  Message.Progress tell(long newestMicros, long offset) {
    var rows = new TreeMap<Long, Long>();
    for (var hour : untold.values()) {
      rows.put(hour.hour, hour.rows - hour.told);
      hour.told = hour.rows;
    }
    save(offset);
    untold.clear();
    untoldRows = 0;
    toldHour = EventTime.hour(newestMicros);
    forget(toldHour - HOURS_KEPT);
    return new Message.Progress(rows, newestMicros);
  }

  /// Stores what was counted.
  ///
  /// @param offset of the partition's next record
  void save(long offset) {
    untold.values().forEach(hour -> store.put(key(hour.hour), bytes(hour.rows, hour.told)));
    store.put(organization, bytes(offset, 0));
    countedTo = offset;
  }

  /// All that the other models were told, for a model that was never told anything; null when it
  /// was.
  Message.@Nullable Progress tellAll(Model model, long newestMicros) {
    if (toldModels.contains(model.name())) {
      return null;
    }
    toldModels.add(model.name());
    String marker = organization + "/m/" + model.name();
    if (store.get(marker) != null) {
      return null;
    }
    store.put(marker, new byte[] {1});
    var told = new TreeMap<Long, Long>();
    hours.forEach((hour, counts) -> told.put(hour, counts.told));
    told.values().removeIf(rows -> rows == 0);
    return new Message.Progress(told, newestMicros);
  }

  private void forget(long beforeHour) {
    var old = hours.headMap(beforeHour);
    old.keySet().forEach(hour -> store.delete(key(hour)));
    old.clear();
  }

  private String key(long hour) {
    return organization + "/h/" + hour;
  }

  private static byte[] bytes(long first, long second) {
    return ByteBuffer.allocate(2 * Long.BYTES).putLong(first).putLong(second).array();
  }
}
