package dev.anneal.trainer.xgboost;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.modelstore.OnnxModel;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxExportTest {
  private static final int WIDTH = 5;
  private static final int ROWS = 2000;

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4})
  void scoresLikeXgboostOnRandomRowsMissingValuesAndExactThresholds(long seed) {
    // Given: a tenth is missing; half of the values lie on a coarse grid, so that thresholds meet
    // rows
    var random = new Random(seed);
    var features = new float[ROWS * WIDTH];
    for (int i = 0; i < features.length; i++) {
      double value =
          random.nextBoolean()
              ? Math.rint(4 * random.nextGaussian()) / 4
              : random.nextGaussian() * 1e3;
      features[i] = random.nextInt(10) == 0 ? Float.NaN : (float) value;
    }
    var labels = new float[ROWS];
    for (int i = 0; i < ROWS; i++) {
      float x = features[i * WIDTH];
      labels[i] = (Float.isNaN(x) ? .3f : x) + random.nextGaussian() > .8 ? 1 : 0;
    }
    // pruning (gamma) leaves unreachable nodes behind
    var hyper =
        Hyperparameters.of(Map.of("numIterations", "40", "gamma", seed % 2 == 0 ? "1" : "0"));
    var parameters =
        hyper.forXgboost(
            IntStream.range(0, ROWS).filter(i -> labels[i] == 1).count(), ROWS, 1, seed);
    try (var learner = new Learner(features, labels, WIDTH)) {
      var model = learner.fit(features, labels, parameters, hyper, (_, _) -> {}).model();
      var names = "[\"a\",\"b\",\"c\",\"d\",\"e\"]";
      // When
      try (var onnx =
          OnnxModel.load(
              OnnxExport.of(
                  model, RegimeScaling.NONE, new TreeMap<>(Map.of("feature_names", names))))) {
        float[] rows = GoldenSample.of(features, WIDTH, model, RegimeScaling.NONE);
        float[] expected = Learner.scores(model, rows, WIDTH);
        float[] found = onnx.scores(rows, expected.length);
        // Then
        double max =
            IntStream.range(0, found.length)
                .mapToDouble(i -> Math.abs(found[i] - expected[i]))
                .max()
                .orElse(1);
        assertThat(max).isLessThan(1e-6);
        float[] row = java.util.Arrays.copyOf(rows, WIDTH);
        assertThat(onnx.score(row)).isEqualTo(found[0]);
      }
    }
  }
}
