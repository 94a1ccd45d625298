package dev.anneal.featurestream;

import dev.anneal.schemas.ModelKey;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// What a partition's state store holds of one model's counts: what is counted, under the model's
/// key, and the days that are not over, each under a key below it.
///
/// @param model its key, which has one slash
record StoredCounts(KeyValueStore<String, byte[]> store, String model) {
  /// Null where nothing was counted yet.
  @Nullable Counting counting() {
    return json().get(model, Counting.class);
  }

  void put(Counting counting) {
    json().put(model, counting);
  }

  void put(long day, DayTally tally) {
    store.put(key(day), tally.encode());
  }

  SortedMap<Long, DayTally> days() {
    var days = new TreeMap<Long, DayTally>();
    for (String key : dayKeys()) {
      byte[] bytes = store.get(key);
      if (bytes != null) {
        days.put(Long.valueOf(key.substring(model.length() + 1)), DayTally.decode(bytes));
      }
    }
    return days;
  }

  void forget(long day) {
    store.delete(key(day));
  }

  void forgetDays() {
    dayKeys().forEach(store::delete);
  }

  /// Forgets all other models.
  ///
  /// @param models says which to keep
  static void retain(KeyValueStore<String, byte[]> store, Predicate<ModelKey> models) {
    new JsonStore(store)
        .keys().stream().filter(key -> !models.test(ModelKey.at(key))).forEach(store::delete);
  }

  private List<String> dayKeys() {
    return json().keys(model + "/");
  }

  private String key(long day) {
    return model + "/" + day;
  }

  private JsonStore json() {
    return new JsonStore(store);
  }
}
