package dev.anneal.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class EstimatedPerformanceTest {
  private static final double THRESHOLD = .5;

  /// Rows whose scores are a distortion of their true probabilities.
  private record Rows(double[] scores, double[] labels) {
    static Rows of(long seed, int rows, double shift, DoubleUnaryOperator distortion) {
      var random = new SplittableRandom(seed);
      var scores = new double[rows];
      var labels = new double[rows];
      for (int i = 0; i < rows; i++) {
        double p = 1 / (1 + Math.exp(-2 * random.nextGaussian() - shift));
        scores[i] = distortion.applyAsDouble(p);
        labels[i] = random.nextDouble() < p ? 1 : 0;
      }
      return new Rows(scores, labels);
    }

    double accuracy() {
      int right = 0;
      for (int i = 0; i < scores.length; i++) {
        right += (scores[i] >= THRESHOLD) == (labels[i] == 1) ? 1 : 0;
      }
      return right / (double) scores.length;
    }
  }

  @Test
  void confusionIsTheSumOfProbabilities() {
    var estimate =
        EstimatedPerformance.of(
            new double[] {.9, .6, .2, .1}, new boolean[] {true, true, false, false}, 1);

    assertThat(estimate.truePositives()).isCloseTo(1.5, within(1e-12));
    assertThat(estimate.falsePositives()).isCloseTo(.5, within(1e-12));
    assertThat(estimate.falseNegatives()).isCloseTo(.3, within(1e-12));
    assertThat(estimate.trueNegatives()).isCloseTo(1.7, within(1e-12));
    assertThat(estimate.estimatedAccuracy()).isCloseTo(.8, within(1e-12));
    assertThat(estimate.estimatedPrecision()).isCloseTo(.75, within(1e-12));
    assertThat(estimate.estimatedRecall()).isCloseTo(1.5 / 1.8, within(1e-12));
    assertThat(estimate.samplingError()).isCloseTo(Math.sqrt(.58) / 4, within(1e-12));
  }

  @Test
  void followsTheAccuracyWhenOnlyTheInputsChange() {
    // Given: scores that are too sure, so that they must be calibrated
    DoubleUnaryOperator tooSure = p -> p * p * p / (p * p * p + Math.pow(1 - p, 3));
    var heldOut = Rows.of(1, 20_000, 0, tooSure);
    var estimator = PerformanceEstimator.fit(heldOut.scores(), heldOut.labels(), THRESHOLD, 1);
    var harder = Rows.of(2, 20_000, 1.5, tooSure);

    // When
    var estimate = estimator.estimate(harder.scores());

    // Then
    assertThat(estimator.isCalibrated()).isTrue();
    assertThat(estimate.estimatedAccuracy()).isCloseTo(harder.accuracy(), within(.015));
    assertThat(Math.abs(harder.accuracy() - heldOut.accuracy())).isGreaterThan(.02);
    assertThat(harder.accuracy()).isBetween(estimate.low() - .01, estimate.high() + .01);
    assertThat(estimator.isUnusual(estimate)).isTrue();
  }

  @Test
  void trueProbabilitiesAreLeftAsTheyAreOrNearly() {
    var heldOut = Rows.of(3, 20_000, 0, p -> p);
    var estimator = PerformanceEstimator.fit(heldOut.scores(), heldOut.labels(), THRESHOLD, 1);

    for (double p = .05; p < 1; p += .1) {
      assertThat(estimator.probability(p)).isCloseTo(p, within(.05));
    }
    assertThat(estimator.isUnusual(estimator.estimate(Rows.of(4, 2_000, 0, p -> p).scores())))
        .isFalse();
  }

  @Test
  void doesNotSeeAChangeOfMeaningAndIsSwitchedOffByLabels() {
    // Given: half of the positives are none any more
    var heldOut = Rows.of(5, 20_000, 0, p -> p);
    var estimator = PerformanceEstimator.fit(heldOut.scores(), heldOut.labels(), THRESHOLD, 1);
    var before = Rows.of(6, 20_000, 0, p -> p);
    var after = Rows.of(7, 1_000, 0, p -> p);
    for (int i = 0; i < after.labels().length; i += 2) {
      after.labels()[i] = 0;
    }

    // When
    var monitor = new CalibrationMonitor();
    audit(monitor, estimator, before);
    boolean onBefore = monitor.isOn();
    audit(monitor, estimator, after);

    // Then
    double estimate = estimator.estimate(after.scores()).estimatedAccuracy();
    assertThat(estimate - after.accuracy()).isGreaterThan(.05);
    assertThat(onBefore).isTrue();
    assertThat(monitor.isOn()).isFalse();
  }

  @Test
  void isotonicStepsRiseAndMeetTheLabels() {
    double[] scores = {.1, .2, .3, .4, .5, .6};
    double[] labels = {0, 1, 0, 0, 1, 1};

    var fitted = Isotonic.fit(scores, labels);

    assertThat(fitted.probability(0)).isZero();
    assertThat(fitted.probability(.3)).isCloseTo(1 / 3.0, within(1e-12));
    assertThat(fitted.probability(.9)).isEqualTo(1);
    double[] rising = Arrays.stream(scores).map(fitted::probability).toArray();
    assertThat(rising).isSorted();
  }

  private static void audit(CalibrationMonitor monitor, PerformanceEstimator estimator, Rows rows) {
    for (int i = 0; i < rows.scores().length; i++) {
      monitor.add(estimator.probability(rows.scores()[i]), rows.labels()[i] == 1);
    }
  }
}
