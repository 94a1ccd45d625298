package dev.anneal.deployer;

import dev.anneal.schemas.ModelKey;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/// The models there are, by the key of their records.
final class Definitions {
  private final ConcurrentMap<String, ModelDefinition> models = new ConcurrentHashMap<>();

  /// @param definition null: removed
  void apply(String key, @Nullable ModelDefinition definition) {
    if (definition == null) {
      models.remove(key);
    } else {
      models.put(key, definition);
    }
  }

  Optional<ModelDefinition> find(ModelKey key) {
    return Optional.ofNullable(models.get(key.toString()));
  }
}
