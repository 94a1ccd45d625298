package dev.anneal.modelstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class MetricsTest {
  private static final Offset<Double> CLOSE = within(1e-9);

  // scikit-learn: roc_auc_score 0.75, average_precision_score 0.8333…
  private final Metrics metrics =
      new Metrics(new float[] {.1f, .4f, .35f, .8f}, new float[] {0, 0, 1, 1});

  @Test
  void agreesWithScikitLearn() {
    assertThat(metrics.auc()).isCloseTo(.75, CLOSE);
    assertThat(metrics.averagePrecision()).isCloseTo(.8333333333333333, CLOSE);
    assertThat(metrics.logLoss()).isCloseTo(.472287956, within(1e-6));
  }

  @Test
  void choosesTheThresholdWithTheLargestF1BetweenTwoScores() {
    double threshold = metrics.bestThreshold();
    assertThat(threshold).isCloseTo((.35 + .1) / 2, within(1e-7));
    assertThat(metrics.at(threshold))
        .containsEntry("accuracy", .75)
        .containsEntry("precision", 2 / 3.0)
        .containsEntry("recall", 1.0)
        .containsEntry("f1", .8);
  }

  @Test
  void countsTiesHalf() {
    var tied = new Metrics(new float[] {.5f, .5f, .5f, .5f}, new float[] {0, 1, 0, 1});
    assertThat(tied.auc()).isCloseTo(.5, CLOSE);
    assertThat(tied.averagePrecision()).isCloseTo(.5, CLOSE);
    assertThat(tied.bestThreshold()).isCloseTo(.25, CLOSE);
  }
}
