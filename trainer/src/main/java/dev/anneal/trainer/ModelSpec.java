package dev.anneal.trainer;

import dev.anneal.features.FeatureDefinition;
import dev.anneal.schemas.ModelKey;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a model's definition says to the trainer.
///
/// @param failureWithinSeconds label 1: a failure of the asset within it
record ModelSpec(
    ModelKey key,
    String task,
    @Nullable Long failureWithinSeconds,
    FeatureDefinition features,
    Map<String, String> hyperparameters,
    int retryAttempts) {
  ModelSpec {
    hyperparameters = Map.copyOf(hyperparameters);
  }
}
