package dev.anneal.trainer.xgboost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.modelstore.EvaluationRows;
import dev.anneal.modelstore.GoldenRows;
import dev.anneal.modelstore.Metrics;
import dev.anneal.modelstore.ModelCard;
import dev.anneal.modelstore.OnnxModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingTest {
  private static final Map<String, String> SMALL =
      Map.of("numIterations", "60", "learningRate", "0.1");

  @TempDir Path directory;

  private Map<String, byte[]> train(TrainingTask task) throws IOException {
    return new Training(task, (_, _, _) -> {}).run(directory);
  }

  @Test
  void findsFailuresThatShowBeforehand() throws IOException {
    // Given
    Degradation.write(directory, 1, 6, 1200);
    var phases = new ArrayList<String>();
    // When
    var files =
        new Training(Degradation.task(SMALL), (phase, _, _) -> phases.add(phase)).run(directory);
    // Then
    var card = ModelCard.from(files.get("model_card.json"));
    assertThat(card.metrics())
        .hasEntrySatisfying("precision", p -> assertThat(p).isGreaterThan(.8));
    assertThat(card.metrics()).hasEntrySatisfying("recall", r -> assertThat(r).isGreaterThan(.8));
    assertThat(card.metrics()).hasEntrySatisfying("auc", a -> assertThat(a).isGreaterThan(.97));
    assertThat(card.importance().get("vibration_mean_5"))
        .isGreaterThan(card.importance().get("noise"));
    assertThat(card.importance().values().stream().mapToDouble(d -> d).sum())
        .isBetween(.999, 1.001);
    assertThat(phases).contains("training", "exporting");
    assertThat(files)
        .containsOnlyKeys(
            "model.onnx",
            "model.json",
            "model_card.json",
            "metrics.json",
            "training_config.json",
            "provenance.json",
            "reference_profile.json",
            "reference_sketches.json",
            "golden_rows.bin",
            "evaluation_rows.bin");
  }

  @Test
  void exportsAModelThatScoresTheSameRowsAlike() throws IOException {
    // Given
    Degradation.write(directory, 2, 4, 1200);
    // When
    var files = train(Degradation.task(SMALL));
    // Then
    var card = ModelCard.from(files.get("model_card.json"));
    try (var model = OnnxModel.load(files.get("model.onnx"))) {
      var golden = GoldenRows.from(files.get("golden_rows.bin"));
      assertThat(golden.maxDelta(model))
          .isEqualTo(card.metrics().get("parityMaxDelta"))
          .isLessThan(1e-6);
      assertThat(model.featureNames()).isEqualTo(Degradation.NAMES);
      assertThat(Double.parseDouble(model.metadata().get("threshold"))).isEqualTo(card.threshold());
    }
    var profile = ProfileJson.read(files.get("reference_profile.json"));
    assertThat(profile.rows()).isEqualTo(card.provenance().trainingRows());
    assertThat(profile.features()).hasSize(4);
    assertThat(profile.score()).isNotNull();
  }

  @Test
  void theProfileEstimatesThePerformanceOfTheHeldOutRows() throws IOException {
    // Given
    Degradation.write(directory, 2, 4, 1200);
    // When
    var files = train(Degradation.task(SMALL));
    // Then
    var card = ModelCard.from(files.get("model_card.json"));
    var estimator = ProfileJson.read(files.get("reference_profile.json")).estimator();
    assertThat(estimator.threshold()).isEqualTo(card.threshold());
    var bins = estimator.bins();
    var counts = new long[bins.count()];
    var rows = EvaluationRows.from(files.get("evaluation_rows.bin"));
    for (float score : rows.scores()) {
      counts[bins.binOf(score)]++;
    }
    var estimate = estimator.estimate(counts);
    assertThat(estimate.estimatedAccuracy().value())
        .isCloseTo(card.metrics().get("accuracy"), within(.02));
    assertThat(estimate.estimatedRecall().value())
        .isCloseTo(card.metrics().get("recall"), within(.05));
    assertThat(estimate.estimatedPrecision().value())
        .isCloseTo(card.metrics().get("precision"), within(.05));
    assertThat(estimator.isUnusual(estimate)).isFalse();
  }

  @Test
  void isJudgedByAModelThatDidNotSeeTheRowsAndServesOneThatDid() throws IOException {
    // Given
    Degradation.write(directory, 2, 4, 1200);
    // When
    var files = train(Degradation.task(SMALL));
    // Then the metrics are those of the held-out scores
    var card = ModelCard.from(files.get("model_card.json"));
    var rows = EvaluationRows.from(files.get("evaluation_rows.bin"));
    var judged = new Metrics(rows.scores(), rows.labels());
    assertThat(judged.at(card.threshold()).get("f1")).isEqualTo(card.metrics().get("f1"));
    // and what serves, of as many rounds, knows the rows better
    try (var model = OnnxModel.load(files.get("model.onnx"))) {
      var served = new Metrics(model.scores(rows.features(), rows.count()), rows.labels());
      assertThat(served.logLoss()).isLessThan(judged.logLoss() * .9);
    }
    assertThat(TreeModel.parse(files.get("model.json")).trees())
        .hasSize(Integer.parseInt(card.provenance().settings().get("rounds")));
    assertThat(card.provenance().trainingRows())
        .isGreaterThanOrEqualTo(
            card.provenance().validationRows()
                + Long.parseLong(card.provenance().settings().get("rowsBeforeValidation")));
  }

  @Test
  void givesTheSameBytesForTheSameRowsInAnotherOrder(@TempDir Path other) throws IOException {
    // Given
    Degradation.write(directory, 3, 3, 900);
    Shuffled.copy(directory, other, 7);
    // When
    var first = train(Degradation.task(SMALL));
    var second = new Training(Degradation.task(SMALL), (_, _, _) -> {}).run(other);
    // Then
    assertThat(Files.readAllBytes(directory.resolve("features.bin")))
        .isNotEqualTo(Files.readAllBytes(other.resolve("features.bin")));
    first.forEach((name, bytes) -> assertThat(second.get(name)).as(name).isEqualTo(bytes));
  }

  @Test
  void prefersTheRowsSinceAChangeThatReversedTheSign() throws IOException {
    // Given
    long change = Degradation.START + 1000 * Degradation.HOUR;
    Degradation.write(directory, 4, 6, 1500, change);
    // When
    var card = ModelCard.from(train(Degradation.task(SMALL, change)).get("model_card.json"));
    // Then
    assertThat(card.provenance().settings())
        .containsEntry("candidates", "[since-change, all]")
        .containsEntry("candidate", "since-change")
        .containsEntry("embargoSeconds", "86400");
    assertThat(card.metrics().get("recall")).isGreaterThan(.8);
    assertThat(card.provenance().dataFromMicros()).isGreaterThanOrEqualTo(change);
  }

  @Test
  void saysHowManyLabelsAreMissing() throws IOException {
    Degradation.write(directory, 5, 1, 100);
    assertThatThrownBy(() -> train(Degradation.task(SMALL)))
        .isInstanceOfSatisfying(
            TrainingFailure.class, e -> assertThat(e.code()).isEqualTo("insufficient-labels"))
        .hasMessageContaining("of 100 rows 76 have a known label (0 failures)")
        .hasMessageContaining("needed are 100 training rows with 20 failures");
  }
}
