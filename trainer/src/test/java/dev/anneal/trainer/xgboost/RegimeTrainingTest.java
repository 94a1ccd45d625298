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
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Machines that run at sixteen settings, at each with levels and spreads of its sensors of its
/// own. In the day before a failure all are a spread higher than usual there: far less than levels
/// differ.
class RegimeTrainingTest {
  private static final int HOURS = 500;
  private static final int ASSETS = 4;
  private static final int FAIL_EVERY_HOURS = 100;
  private static final double[][] SETTINGS = new double[16][];
  private static final Map<String, String> SMALL =
      Map.of("numIterations", "100", "learningRate", "0.1", "numLeaves", "15");

  static {
    Arrays.setAll(SETTINGS, i -> new double[] {20 + 20 * (i % 4), 1000 * (1 + i / 4)});
  }

  private static final List<String> NAMES =
      List.of(
          "load",
          "speed",
          "inlet",
          "outlet",
          "bearing",
          "casing",
          "oil",
          "motor",
          "seal",
          "flow",
          "torque",
          "vibration");

  @TempDir Path directory;

  private void writeMachines(long seed) throws IOException {
    writeMachines(seed, HOURS);
  }

  /// @param loadHours from then on the load is missing
  private void writeMachines(long seed, int loadHours) throws IOException {
    var random = new SplittableRandom(seed);
    double[] levels = random.doubles(SETTINGS.length * NAMES.size(), 100, 1000).toArray();
    double[] spreads = random.doubles(SETTINGS.length * NAMES.size(), 1, 20).toArray();
    long newest = Degradation.START + (HOURS - 1) * Degradation.HOUR;
    try (var writer = new DatasetWriter(directory, NAMES.size(), 64 << 20)) {
      for (int asset = 0; asset < ASSETS; asset++) {
        for (int hour = 0; hour < HOURS; hour++) {
          int setting = random.nextInt(SETTINGS.length);
          int toFailure = FAIL_EVERY_HOURS - Math.floorMod(hour + 23 * asset, FAIL_EVERY_HOURS);
          var row = new float[NAMES.size()];
          row[0] = (float) (SETTINGS[setting][0] + random.nextGaussian() / 10);
          row[0] = hour < loadHours ? row[0] : Float.NaN;
          row[1] = random.nextInt(50) == 0 ? Float.NaN : (float) SETTINGS[setting][1];
          for (int i = SETTINGS[setting].length; i < row.length; i++) {
            int at = setting * row.length + i;
            double deviation = random.nextGaussian() + (toFailure <= 24 ? 1 : 0);
            row[i] = (float) (levels[at] + spreads[at] * deviation);
          }
          writer.add("machine-" + asset, Degradation.START + hour * Degradation.HOUR, row);
        }
      }
      writer.finish((name, time) -> Label.of(time, Degradation.HORIZON, failures(name), newest));
    }
  }

  private static long[] failures(String name) {
    int asset = Integer.parseInt(name.substring("machine-".length()));
    return LongStream.range(1, HOURS)
        .filter(hour -> Math.floorMod(hour + 23 * asset, FAIL_EVERY_HOURS) == 0)
        .map(hour -> Degradation.START + hour * Degradation.HOUR)
        .toArray();
  }

  private Map<String, byte[]> train(TrainingTask.@Nullable Regimes regimes) throws IOException {
    var task = Degradation.task(NAMES, regimes, SMALL, null);
    return new Training(task, (_, _, _) -> {}).run(directory);
  }

  private static TrainingTask.Regimes sixteen() {
    return new TrainingTask.Regimes(List.of("load", "speed"), 16);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void seesAFaultThatShowsOnlyWithinItsRegime(long seed) throws IOException {
    // Given
    writeMachines(seed);
    var without = ModelCard.from(train(null).get(ModelCard.FILE)).metrics();
    // When
    var with = ModelCard.from(train(sixteen()).get(ModelCard.FILE)).metrics();
    // Then
    assertThat(with.get("logLoss")).isLessThan(.75 * without.get("logLoss"));
    // pairs of rows in the wrong order
    assertThat(1 - with.get("auc")).isLessThan(2 / 3.0 * (1 - without.get("auc")));
  }

  @Test
  void theModelFileHasTheRegimesAndTheCardNamesThem() throws IOException {
    // Given
    writeMachines(4);
    // When
    var files = train(sixteen());
    // Then
    var card = ModelCard.from(files.get(ModelCard.FILE));
    var regimes = card.regimes();
    assertThat(regimes).isNotNull();
    assertThat(regimes.settings()).containsExactly("load", "speed");
    assertThat(regimes.regimes()).hasSize(16);
    assertThat(regimes.regimes())
        .allSatisfy(
            regime ->
                assertThat(List.of(SETTINGS))
                    .anySatisfy(
                        setting -> {
                          assertThat(regime.center().get(0)).isCloseTo(setting[0], within(.1));
                          assertThat(regime.center().get(1)).isEqualTo(setting[1]);
                        }));
    long rows = regimes.regimes().stream().mapToLong(ModelCard.Regime::rows).sum();
    assertThat(regimes.rowsWithoutSetting()).isPositive();
    // learned of the rows that the model was trained on
    assertThat(rows + regimes.rowsWithoutSetting()).isEqualTo(card.provenance().trainingRows());
    try (var model = OnnxModel.load(files.get("model.onnx"))) {
      assertThat(GoldenRows.from(files.get(GoldenRows.FILE)).maxDelta(model)).isLessThan(1e-6);
      var evaluation = EvaluationRows.from(files.get(EvaluationRows.FILE));
      var scores = model.scores(evaluation.features(), evaluation.count());
      // it knows the rows that those metrics are of
      assertThat(new Metrics(scores, evaluation.labels()).logLoss())
          .isLessThan(card.metrics().get("logLoss"));
    }
  }

  @Test
  void givesTheSameBytesForTheSameRowsInAnotherOrder(@TempDir Path other) throws IOException {
    // Given
    writeMachines(5);
    Shuffled.copy(directory, other, 7);
    // When
    var first = train(sixteen());
    var second =
        new Training(Degradation.task(NAMES, sixteen(), SMALL, null), (_, _, _) -> {}).run(other);
    // Then
    first.forEach((name, bytes) -> assertThat(second.get(name)).as(name).isEqualTo(bytes));
  }

  @Test
  void aCandidateWhoseRowsShowNoRegimesLeavesTheOther() throws IOException {
    // Given machines whose load is missing since a change
    writeMachines(7, 300);
    long change = Degradation.START + 300 * Degradation.HOUR;
    // When
    var task = Degradation.task(NAMES, sixteen(), SMALL, change);
    var files = new Training(task, (_, _, _) -> {}).run(directory);
    // Then
    var card = ModelCard.from(files.get(ModelCard.FILE));
    assertThat(card.provenance().settings())
        .containsEntry("candidates", "[since-change, all]")
        .containsEntry("candidate", "all");
    assertThat(card.regimes()).isNotNull();
  }

  @Test
  void saysThatASettingIsNeverThere() throws IOException {
    writeMachines(6);
    var task =
        Degradation.task(
            List.of("load", "speed", "temperature", "altitude"),
            new TrainingTask.Regimes(List.of("pitch"), 2),
            SMALL,
            null);
    assertThatThrownBy(() -> new Training(task, (_, _, _) -> {}).run(directory))
        .isInstanceOfSatisfying(
            TrainingFailure.class, e -> assertThat(e.code()).isEqualTo("no-regimes"))
        .hasMessageContaining("operating settings must be features, were [pitch]");
  }
}
