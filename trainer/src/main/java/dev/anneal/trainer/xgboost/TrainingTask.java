package dev.anneal.trainer.xgboost;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.anneal.modelstore.ArtifactKey;
import dev.anneal.modelstore.ModelCard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What [TrainingProcess] is asked to do: `task.json`. With the dataset beside it, it determines
/// the artifact's bytes.
///
/// @param trainedAtMicros when the training was asked for; the artifact's only time, so that every
///     attempt writes the same bytes
/// @param regimes operating regimes to learn, in which features are compared; null: none
/// @param horizonMicros label 1: a failure within it
/// @param changeMicros see [Split.Range]
/// @param hyperparameters as the user named them
/// @param threads of XGBoost; part of the task because the order of sums depends on it
/// @param dataCut the records the dataset was made from
/// @param passedOver records of the cut that are not in the dataset
public record TrainingTask(
    ArtifactKey key,
    String requestId,
    long trainedAtMicros,
    String taskKind,
    ModelCard.Features features,
    List<String> featureNames,
    @Nullable Regimes regimes,
    long horizonMicros,
    @Nullable Long changeMicros,
    @Nullable Long toMicros,
    boolean includesBeforeChange,
    Map<String, String> hyperparameters,
    int threads,
    long seed,
    Minimums minimums,
    List<ModelCard.Range> dataCut,
    long asOfMicros,
    PassedOver passedOver) {
  static final String FILE = "task.json";

  static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  /// How many operating regimes the settings' values are to tell apart.
  ///
  /// @param settings names of features
  public record Regimes(List<String> settings, int count) {}

  /// The fewest labels that a model may be made of.
  public record Minimums(
      int trainingRows, int trainingPositives, int validationRows, int validationPositives) {}

  public void write(Path directory) throws IOException {
    Files.write(directory.resolve(FILE), JSON.writeValueAsBytes(this));
  }

  static TrainingTask read(Path directory) throws IOException {
    return JSON.readValue(Files.readAllBytes(directory.resolve(FILE)), TrainingTask.class);
  }
}
