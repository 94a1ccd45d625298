package dev.anneal.trainer.xgboost;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.anneal.features.Regimes;
import dev.anneal.features.ThresholdTree;
import dev.anneal.modelstore.OnnxGuard;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Regimes of a thousand random trainings, in Java and in ONNX Runtime, on rows like those they
/// were learned from, rows on their thresholds, and rows with missing and with extreme values.
class RegimeGraphTest {
  private static final float[] SPECIAL = {
    Float.NaN, 0, -0f, 1e38f, -1e38f, Float.MAX_VALUE, -Float.MAX_VALUE, Float.MIN_VALUE, 1e-30f
  };
  private static final int TRAININGS = 100;

  private static final OrtSession.SessionOptions ONE_THREAD = new OrtSession.SessionOptions();

  private record Scaled(float[] means, float[] deviations, float[] scores) {}

  @BeforeAll
  static void useOneThread() throws OrtException {
    ONE_THREAD.setIntraOpNumThreads(1);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void onnxRuntimeFindsTheSameRegimesAndScoresBitByBit(long seed) throws OrtException {
    for (int i = 0; i < TRAININGS; i++) {
      var random = new SplittableRandom(seed * TRAININGS + i);
      int width = random.nextInt(1, 9);
      float[] rows = rows(random, width, random.nextInt(1, 200));
      var regimes = learn(random, width, rows);
      float[] asked = asked(random, width, rows, regimes.tree());

      var found = run(regimes, width, asked);

      String training = "seed %d training %d".formatted(seed, i);
      assertThat(found.means()).as(training).containsExactly(table(regimes, width, asked, true));
      assertThat(found.deviations())
          .as(training)
          .containsExactly(table(regimes, width, asked, false));
      float[] expected = asked.clone();
      regimes.scale(expected);
      assertThat(found.scores()).as(training).containsExactly(expected);
    }
  }

  /// Settings on a grid, with noise or of all sizes; every tenth value is missing.
  private static float[] rows(SplittableRandom random, int width, int count) {
    var rows = new float[count * width];
    int kind = random.nextInt(3);
    for (int i = 0; i < rows.length; i++) {
      double step = random.nextInt(5);
      double value =
          switch (kind) {
            case 0 -> step;
            case 1 -> 10 * step + random.nextGaussian();
            default -> random.nextGaussian() * Math.pow(10, random.nextInt(-30, 30));
          };
      rows[i] = random.nextInt(10) == 0 ? Float.NaN : (float) value;
    }
    Arrays.fill(rows, 0, width, 1); // one row has all settings
    return rows;
  }

  private static Regimes learn(SplittableRandom random, int width, float[] rows) {
    var names = IntStream.range(0, width).mapToObj(i -> "f" + i).toList();
    var settings = names.subList(0, Math.min(width, random.nextInt(1, 4)));
    return Regimes.learn(names, settings, random.nextInt(2, 17), rows, random.nextLong());
  }

  private static float[] asked(
      SplittableRandom random, int width, float[] rows, ThresholdTree tree) {
    var asked = new ArrayList<float[]>();
    for (int from = 0; from < rows.length; from += width) {
      float[] row = Arrays.copyOfRange(rows, from, from + width);
      asked.add(row.clone());
      row[random.nextInt(width)] = SPECIAL[random.nextInt(SPECIAL.length)];
      asked.add(row);
    }
    addThresholds(tree, asked.getFirst(), asked);
    var all = new float[asked.size() * width];
    for (int i = 0; i < asked.size(); i++) {
      System.arraycopy(asked.get(i), 0, all, i * width, width);
    }
    return all;
  }

  private static void addThresholds(ThresholdTree tree, float[] row, List<float[]> asked) {
    if (tree instanceof ThresholdTree.Split(int column, float threshold, var below, var above)) {
      for (float value :
          new float[] {Math.nextDown(threshold), threshold, Math.nextUp(threshold)}) {
        float[] at = row.clone();
        at[column] = value;
        asked.add(at);
        addThresholds(value < threshold ? below : above, at, asked);
      }
    }
  }

  private static float[] table(Regimes regimes, int width, float[] rows, boolean means) {
    var table = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      int regime = regimes.regime(rows, i / width * width);
      table[i] = means ? regimes.mean(regime, i % width) : regimes.deviation(regime, i % width);
    }
    return table;
  }

  /// All rows at once, and every fifth on its own.
  private static Scaled run(Regimes regimes, int width, float[] rows) throws OrtException {
    byte[] model = model(regimes, width);
    OnnxGuard.check(model);
    var environment = OrtEnvironment.getEnvironment();
    try (var session = environment.createSession(model, ONE_THREAD)) {
      var together = run(environment, session, width, rows);
      for (int from = 0; from < rows.length; from += 5 * width) {
        int to = from + width;
        var alone = run(environment, session, width, Arrays.copyOfRange(rows, from, to));
        assertThat(alone.scores()).containsExactly(Arrays.copyOfRange(together.scores(), from, to));
      }
      return together;
    }
  }

  private static Scaled run(OrtEnvironment environment, OrtSession session, int width, float[] rows)
      throws OrtException {
    long[] shape = {rows.length / width, width};
    try (var input = OnnxTensor.createTensor(environment, FloatBuffer.wrap(rows), shape);
        var result = session.run(Map.of("x", input))) {
      float[] scores = floats(result, "z");
      for (int i = 0; i < scores.length; i++) {
        // to a tree the same
        scores[i] = Math.clamp(scores[i], -Float.MAX_VALUE, Float.MAX_VALUE);
      }
      return new Scaled(floats(result, "means"), floats(result, "deviations"), scores);
    }
  }

  private static float[] floats(OrtSession.Result result, String name) {
    var buffer = ((OnnxTensor) result.get(name).orElseThrow()).getFloatBuffer();
    var floats = new float[buffer.remaining()];
    buffer.get(floats);
    return floats;
  }

  private static byte[] model(Regimes regimes, int width) {
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("ai.onnx.ml").setVersion(3))
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(15))
        .setGraph(
            GraphProto.newBuilder()
                .setName("regimes")
                .addInput(value("x", width))
                .addOutput(value("means", width))
                .addOutput(value("deviations", width))
                .addOutput(value("z", width))
                .addAllNode(new RegimeGraph(regimes, width).nodes("x", "z")))
        .build()
        .toByteArray();
  }

  private static ValueInfoProto value(String name, int width) {
    var shape =
        TensorShapeProto.newBuilder()
            .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("N"))
            .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(width));
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder()
                        .setElemType(TensorProto.DataType.FLOAT.getNumber())
                        .setShape(shape)))
        .build();
  }
}
