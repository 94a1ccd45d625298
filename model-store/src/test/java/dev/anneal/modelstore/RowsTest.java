package dev.anneal.modelstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RowsTest {
  private static final EvaluationRows EVALUATION =
      new EvaluationRows(
          2,
          new float[] {1, Float.NaN, -0.0f, 4, 5, 6},
          new float[] {0, 1, 0},
          new float[] {.1f, .9f, .2f},
          List.of("pump-1", "pump-2", "pump-1"),
          new long[] {10, 20, 30});

  @Test
  void evaluationRowsReadBackAsTheyWereWritten() {
    var read = EvaluationRows.from(EVALUATION.toBytes());
    assertThat(read).isEqualTo(EVALUATION);
    assertThat(read.asset(2)).isEqualTo("pump-1");
    assertThat(read.eventTimeMicros(1)).isEqualTo(20);
    assertThat(read.features()).containsExactly(EVALUATION.features());
    assertThat(read.scores()).containsExactly(.1f, .9f, .2f);
  }

  @Test
  void scoresOfEvaluationRowsWithoutThemAreNotKnown() {
    var read = EvaluationRows.from(FormatOne.of(EVALUATION));
    assertThat(read.scores()).containsExactly(Float.NaN, Float.NaN, Float.NaN);
    assertThat(read.features()).containsExactly(EVALUATION.features());
    assertThat(read.labels()).containsExactly(0, 1, 0);
    assertThat(read.asset(1)).isEqualTo("pump-2");
    assertThat(read.eventTimeMicros(2)).isEqualTo(30);
  }

  @Test
  void evaluationRowsOfAFormatToComeAreRefused() {
    byte[] bytes = EVALUATION.toBytes();
    bytes[7] = 3;
    assertThatThrownBy(() -> EvaluationRows.from(bytes))
        .isInstanceOf(ArtifactException.class)
        .hasMessageContaining("format 1 or 2");
  }

  @Test
  void evaluationRowsCutShortAreRefusedAtEveryByte() {
    refuseCutShort(EVALUATION.toBytes());
    refuseCutShort(FormatOne.of(EVALUATION));
  }

  private static void refuseCutShort(byte[] bytes) {
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> EvaluationRows.from(cut)).isInstanceOf(ArtifactException.class);
    }
  }

  @Test
  void goldenRowsFindAModelThatScoresOtherwise() {
    try (var model = OnnxModel.load(Stump.bytes())) {
      // Given
      float[] features = {40, 1, 60, 1, Float.NaN, 1};
      var same = GoldenRows.from(new GoldenRows(2, features, model.scores(features, 3)).toBytes());
      var other = new GoldenRows(2, features, new float[] {0.3f, 0.4f, Float.NaN});
      // When, Then
      assertThat(same.maxDelta(model)).isZero();
      assertThat(same.labelDifferences(model, 0.5)).isZero();
      assertThat(other.maxDelta(model)).isInfinite();
      assertThat(other.labelDifferences(model, 0.5)).isEqualTo(1);
    }
  }

  @Test
  void modelCardReadsBackAsItWasWritten() {
    var card =
        new ModelCard(
            "acme",
            "pump-failure",
            "v1",
            "binary",
            List.of("temperature"),
            new ModelCard.Features(List.of("temperature"), List.of(60), List.of("5", "10m")),
            new ModelCard.Regimes(
                List.of("temperature"), List.of(new ModelCard.Regime(List.of(20.5), 90)), 10),
            0.4,
            Map.of("f1", 0.8),
            Map.of("temperature", 1.0),
            new ModelCard.Provenance(
                "request-1",
                List.of(new ModelCard.Range("anneal.telemetry.acme", 0, 0, 100)),
                1,
                2,
                3,
                80,
                8,
                20,
                Map.of("seed", "1"),
                Map.of("xgboost", "3.0.4"),
                "25",
                "Linux",
                "amd64"));
    assertThat(ModelCard.from(card.toBytes())).isEqualTo(card);
    assertThatThrownBy(() -> ModelCard.from(new byte[] {'x'}))
        .isInstanceOf(ArtifactException.class);
  }
}
