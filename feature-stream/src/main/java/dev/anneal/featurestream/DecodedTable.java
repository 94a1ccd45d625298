package dev.anneal.featurestream;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jspecify.annotations.Nullable;

/// A task's view of a [SharedTable]: decoded once per change of a record. For one thread.
final class DecodedTable<T> {
  /// Hears of a record that does not decode; the one before it stays in force.
  interface Rejections {
    void reject(String key, byte[] value, String reason);
  }

  private record Entry<T>(byte[] bytes, @Nullable T value) {}

  private final SharedTable table;
  private final ReadOnlyKeyValueStore<String, byte[]> store;
  private final Function<byte[], T> decoder;
  private final Map<String, Entry<T>> entries = new HashMap<>();
  private long seen = -1;

  DecodedTable(
      SharedTable table, ReadOnlyKeyValueStore<String, byte[]> store, Function<byte[], T> decoder) {
    this.table = table;
    this.store = store;
    this.decoder = decoder;
  }

  /// Takes in what changed.
  ///
  /// @return whether anything did
  boolean refresh(Rejections rejections) {
    long now = table.changes();
    if (now == seen) {
      return false;
    }
    seen = now;
    boolean changed = false;
    var present = new HashSet<String>();
    try (var all = store.all()) {
      while (all.hasNext()) {
        var record = all.next();
        present.add(record.key);
        var known = entries.get(record.key);
        if (known == null || !Arrays.equals(known.bytes(), record.value)) {
          entries.put(
              record.key,
              new Entry<>(record.value, decode(record.key, record.value, known, rejections)));
          changed = true;
        }
      }
    }
    return entries.keySet().retainAll(present) || changed;
  }

  private @Nullable T decode(
      String key, byte[] bytes, @Nullable Entry<T> known, Rejections rejections) {
    try {
      return Patience.retry(() -> decoder.apply(bytes));
    } catch (SerializationException | IllegalArgumentException e) {
      rejections.reject(key, bytes, String.valueOf(e.getMessage()));
      return known == null ? null : known.value();
    }
  }

  /// Whether there is a record, be it one that was never decoded.
  boolean has(String key) {
    return entries.containsKey(key);
  }

  @Nullable T get(String key) {
    var entry = entries.get(key);
    return entry == null ? null : entry.value();
  }

  Iterable<T> values() {
    return () -> entries.values().stream().map(Entry::value).filter(Objects::nonNull).iterator();
  }
}
