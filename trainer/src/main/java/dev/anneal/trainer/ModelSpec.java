package dev.anneal.trainer;

import dev.anneal.features.FeatureDefinition;
import dev.anneal.schemas.ModelKey;
import dev.anneal.trainer.xgboost.TrainingTask;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a model's definition says to the trainer.
///
/// @param failureWithinSeconds label 1: a failure of the asset within it
/// @param regimes null: features are learned from as they are
record ModelSpec(
    ModelKey key,
    String task,
    @Nullable Long failureWithinSeconds,
    FeatureDefinition features,
    TrainingTask.@Nullable Regimes regimes,
    Map<String, String> hyperparameters,
    int retryAttempts) {
  ModelSpec {
    hyperparameters = Map.copyOf(hyperparameters);
  }
}
