package dev.anneal.trainer;

import dev.anneal.schemas.ModelKey;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The models there are, as the topic of definitions says. Safe for use by many threads.
final class Definitions {
  private final Map<String, ModelSpec> models = new HashMap<>();

  /// @param model null: there is none any more
  synchronized void apply(String key, @Nullable ModelSpec model) {
    if (model == null) {
      models.remove(key);
    } else {
      models.put(key, model);
    }
  }

  synchronized Optional<ModelSpec> find(ModelKey key) {
    return Optional.ofNullable(models.get(key.toString()));
  }
}
