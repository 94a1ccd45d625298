package dev.anneal.modelstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class OnnxModelTest {
  private static final float HIGH = (float) (1 / (1 + Math.exp(-1)));
  private static final float LOW = 1 - HIGH;
  private static final Offset<Float> CLOSE = within(1e-6f);

  @Test
  void scoresTheProbabilityOfThePositiveClass() {
    // Given
    try (var model = OnnxModel.load(Stump.bytes())) {
      // When
      float[] scores = model.scores(new float[] {49.9f, 0, 50, 0, Float.NaN, 0}, 3);
      // Then
      assertThat(model.featureNames()).containsExactly("temperature", "pressure");
      assertThat(scores[0]).isCloseTo(LOW, CLOSE);
      assertThat(scores[1]).isCloseTo(HIGH, CLOSE);
      assertThat(scores[2]).isCloseTo(LOW, CLOSE);
    }
  }

  @Test
  void scoresRowAfterRowInTheSameBuffers() {
    try (var model = OnnxModel.load(Stump.bytes())) {
      for (int i = 0; i < 1000; i++) {
        assertThat(model.score(new float[] {i % 100, 1}))
            .isCloseTo(i % 100 < 50 ? LOW : HIGH, CLOSE);
      }
    }
  }

  @Test
  void closingBreaksNoCallUnderWay() throws Exception {
    // Given
    var model = OnnxModel.load(Stump.bytes());
    var scored = new AtomicInteger();
    try (var threads = Executors.newFixedThreadPool(4)) {
      var calls = new ArrayList<Future<?>>();
      for (int t = 0; t < 4; t++) {
        Callable<?> untilClosed =
            () -> {
              while (true) {
                assertThat(model.score(new float[] {60, 1})).isCloseTo(HIGH, CLOSE);
                assertThat(model.scores(new float[] {60, 1, 40, 1}, 2)[1]).isCloseTo(LOW, CLOSE);
                scored.incrementAndGet();
              }
            };
        calls.add(threads.submit(untilClosed));
      }
      org.awaitility.Awaitility.await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> scored.get() > 200);
      // When
      model.close();
      // Then
      for (var call : calls) {
        assertThatThrownBy(call::get)
            .isInstanceOf(ExecutionException.class)
            .cause()
            .isInstanceOf(IllegalStateException.class)
            .hasMessage("the model is closed");
      }
    }
  }

  /// Loads a model in a process of its own.
  static final class Loading {
    private Loading() {}

    public static void main(String[] arguments) {
      OnnxModel.load(Stump.bytes()).close();
    }
  }

  @Test
  void loadsInAProcessWithALongCommandLine() throws Exception {
    // Given an argument as long as the class path of a large application
    var command =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            Loading.class.getName(),
            "x".repeat(100_000));
    command.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    // When
    var process =
        command.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    // Then
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
  }

  @Test
  void refusesRowsThatAreTooNarrow() {
    try (var model = OnnxModel.load(Stump.bytes())) {
      assertThatThrownBy(() -> model.scores(new float[3], 2))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("2 rows of 2 features need 4 values, found 3");
    }
  }

  @Test
  void refusesAModelOfAnotherWidthThanItsFeatureNames() {
    var model = Stump.model();
    model.setMetadataProps(0, model.getMetadataProps(0).toBuilder().setValue("[\"temperature\"]"));
    assertThatThrownBy(() -> OnnxModel.load(model.build().toByteArray()))
        .isInstanceOf(OnnxRefusedException.class)
        .hasMessageContaining("expected float_input[N, 1]");
  }
}
