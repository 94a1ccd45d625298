package dev.anneal.trainer;

import dev.anneal.schemas.ModelKey;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a model's definition says to the trainer.
///
/// @param failureWithinSeconds label 1: a failure of the asset within it
record ModelSpec(
    ModelKey key,
    String task,
    @Nullable Long failureWithinSeconds,
    List<String> sensors,
    List<Integer> lagSeconds,
    List<String> rollingWindows,
    Map<String, String> hyperparameters,
    int retryAttempts) {
  ModelSpec {
    sensors = List.copyOf(sensors);
    lagSeconds = List.copyOf(lagSeconds);
    rollingWindows = List.copyOf(rollingWindows);
    hyperparameters = Map.copyOf(hyperparameters);
  }
}
