package dev.anneal.featurestream;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// Values in a state store [as JSON][JsonCodec].
record JsonStore(KeyValueStore<String, byte[]> store) {
  /// A task's store of this name.
  static JsonStore of(ProcessingContext context, String name) {
    return new JsonStore(context.getStateStore(name));
  }

  <T> @Nullable T get(String key, Class<T> type) {
    byte[] bytes = store.get(key);
    return bytes == null ? null : JsonCodec.decode(bytes, type);
  }

  <T> T get(String key, Class<T> type, T none) {
    var value = get(key, type);
    return value == null ? none : value;
  }

  void put(String key, Object value) {
    store.put(key, JsonCodec.encode(value));
  }

  /// Writes nothing where there is nothing.
  void delete(String key) {
    if (store.get(key) != null) {
      store.delete(key);
    }
  }

  List<String> keys() {
    return keys(store.all());
  }

  List<String> keys(String prefix) {
    return keys(store.prefixScan(prefix, new StringSerializer()));
  }

  private static List<String> keys(KeyValueIterator<String, byte[]> entries) {
    var keys = new ArrayList<String>();
    try (entries) {
      entries.forEachRemaining(entry -> keys.add(entry.key));
    }
    return keys;
  }
}
