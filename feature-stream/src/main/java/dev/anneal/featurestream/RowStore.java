package dev.anneal.featurestream;

import java.util.function.BiConsumer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/// The newest telemetry rows of every asset, as they came: the only persistent state of features.
/// One put of one row per row, into numbered slots that are used again. All access of the features
/// to persistent state is here.
final class RowStore {
  static final String NAME = "rows";

  private final KeyValueStore<String, byte[]> store;

  RowStore(KeyValueStore<String, byte[]> store) {
    this.store = store;
  }

  static StoreBuilder<KeyValueStore<String, byte[]>> builder() {
    return Stores.keyValueStoreBuilder(
            Stores.inMemoryKeyValueStore(NAME), Serdes.String(), Serdes.ByteArray())
        .withCachingDisabled();
  }

  void put(String organization, String asset, int slot, byte[] row) {
    store.put(key(organization, asset, slot), row);
  }

  byte @Nullable [] get(String organization, String asset, int slot) {
    return store.get(key(organization, asset, slot));
  }

  private static String key(String organization, String asset, int slot) {
    return organization + "/" + slot + "/" + asset;
  }

  /// All rows of an organization with their slots, in no order.
  void forEach(String organization, BiConsumer<Integer, byte[]> reader) {
    String prefix = organization + "/";
    try (var rows = store.prefixScan(prefix, new StringSerializer())) {
      while (rows.hasNext()) {
        var row = rows.next();
        int end = row.key.indexOf('/', prefix.length());
        reader.accept(Integer.valueOf(row.key.substring(prefix.length(), end)), row.value);
      }
    }
  }
}
