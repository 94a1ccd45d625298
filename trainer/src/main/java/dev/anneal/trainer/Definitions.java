package dev.anneal.trainer;

import dev.anneal.schemas.ModelKey;
import java.time.Duration;
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
    notifyAll();
  }

  synchronized Optional<ModelSpec> find(ModelKey key) {
    return Optional.ofNullable(models.get(key.toString()));
  }

  /// Waits a little for a definition that is on its way: a client may define a model and ask for a
  /// training at once, and the two take different topics.
  synchronized Optional<ModelSpec> await(ModelKey key, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    try {
      for (long left = patience.toNanos();
          find(key).isEmpty() && left > 0;
          left = deadline - System.nanoTime()) {
        wait(Math.max(1, left / 1_000_000));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return find(key);
  }
}
