package dev.anneal.modelstore;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a model is, for people and for the stages that serve it: `model_card.json` of the artifact.
///
/// @param featureNames order of the columns the model reads
/// @param threshold scores at or above it are label 1
/// @param regimes operating regimes that the features are compared within; null: none
/// @param metrics on the validation rows
public record ModelCard(
    String organization,
    String model,
    String version,
    String task,
    List<String> featureNames,
    Features features,
    @Nullable Regimes regimes,
    double threshold,
    Map<String, Double> metrics,
    Map<String, Double> importance,
    Provenance provenance) {
  public static final String FILE = "model_card.json";

  /// What the columns are computed from.
  ///
  /// @param rollingWindows `5` rows or `10m` of time
  public record Features(
      List<String> sensors, List<Integer> lagSeconds, List<String> rollingWindows) {}

  /// Operating regimes found in the training rows.
  ///
  /// @param settings the sensors that tell them apart
  /// @param rowsWithoutSetting training rows that are of no regime
  public record Regimes(List<String> settings, List<Regime> regimes, long rowsWithoutSetting) {}

  /// One operating regime.
  ///
  /// @param center means of the settings over its training rows
  /// @param rows how many those are
  public record Regime(List<Double> center, long rows) {}

  /// Offsets [from, to) of one partition.
  public record Range(String topic, int partition, long from, long to) {}

  /// Where the model comes from: enough to build it again.
  ///
  /// @param dataCut the records that were read
  /// @param asOfMicros largest known time among them
  /// @param dataFromMicros event time of the first training row
  /// @param dataToMicros event time of the last validation row
  /// @param trainingRows that the model learned from, the validation rows among them
  /// @param validationRows that were held out from the model whose metrics these are
  /// @param settings everything the learner was told, with the seed
  /// @param libraries versions by name
  public record Provenance(
      String requestId,
      List<Range> dataCut,
      long asOfMicros,
      long dataFromMicros,
      long dataToMicros,
      long trainingRows,
      long positiveRows,
      long validationRows,
      Map<String, String> settings,
      Map<String, String> libraries,
      String java,
      String operatingSystem,
      String architecture) {}

  public byte[] toBytes() {
    try {
      return Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a model card is always JSON", e);
    }
  }

  /// @throws ArtifactException when the bytes are not a model card
  public static ModelCard from(byte[] bytes) {
    try {
      return Json.MAPPER.readValue(bytes, ModelCard.class);
    } catch (IOException e) {
      throw new ArtifactException("the model card is not one: " + e.getMessage(), e);
    }
  }
}
