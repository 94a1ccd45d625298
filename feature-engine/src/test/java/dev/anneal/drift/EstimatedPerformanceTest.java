package dev.anneal.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import org.assertj.core.data.Percentage;
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

    PerformanceEstimator estimator() {
      var rows = new OneAsset(new float[scores.length][0]);
      return PerformanceEstimator.fit(scores, labels, THRESHOLD, rows);
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
        EstimatedPerformance.of(new double[] {.1, .2, .6, .9}, new long[] {1, 1, 1, 1}, 2, 1);

    assertThat(estimate.truePositives()).isCloseTo(1.5, within(1e-12));
    assertThat(estimate.falsePositives()).isCloseTo(.5, within(1e-12));
    assertThat(estimate.falseNegatives()).isCloseTo(.3, within(1e-12));
    assertThat(estimate.trueNegatives()).isCloseTo(1.7, within(1e-12));
    assertThat(estimate.estimatedAccuracy().value()).isCloseTo(.8, within(1e-12));
    assertThat(estimate.estimatedPrecision().value()).isCloseTo(.75, within(1e-12));
    assertThat(estimate.estimatedRecall().value()).isCloseTo(1.5 / 1.8, within(1e-12));
    assertThat(estimate.estimatedF1().value()).isCloseTo(3 / 3.8, within(1e-12));
  }

  @Test
  void bandsAreThreeSamplingErrors() {
    // Given: outcomes drawn from the probabilities, many times over
    double[] probabilities = {.05, .3, .6, .9};
    long[] counts = {6_000, 1_000, 500, 800};
    var estimate = EstimatedPerformance.of(probabilities, counts, 2, 1);
    var drawn = new double[4][2_000];
    var random = new SplittableRandom(8);
    for (int draw = 0; draw < drawn[0].length; draw++) {
      var ones = new double[4];
      for (int bin = 0; bin < 4; bin++) {
        for (int row = 0; row < counts[bin]; row++) {
          ones[bin] += random.nextDouble() < probabilities[bin] ? 1 : 0;
        }
      }
      double tp = ones[2] + ones[3];
      double fn = ones[0] + ones[1];
      drawn[0][draw] = (tp + 7_000 - fn) / 8_300;
      drawn[1][draw] = tp / 1_300;
      drawn[2][draw] = tp / (tp + fn);
      drawn[3][draw] = 2 * tp / (tp + fn + 1_300);
    }

    // When
    var estimates =
        List.of(
            estimate.estimatedAccuracy(),
            estimate.estimatedPrecision(),
            estimate.estimatedRecall(),
            estimate.estimatedF1());

    // Then
    for (int i = 0; i < drawn.length; i++) {
      double mean = Arrays.stream(drawn[i]).average().orElseThrow();
      double deviation =
          Math.sqrt(
              Arrays.stream(drawn[i]).map(x -> (x - mean) * (x - mean)).average().orElseThrow());
      assertThat(estimates.get(i).value()).isCloseTo(mean, within(.001));
      assertThat((estimates.get(i).high() - estimates.get(i).low()) / 6)
          .isCloseTo(deviation, Percentage.withPercentage(5));
    }
  }

  @Test
  void rowsThatRepeatEachOtherWidenTheBand() {
    double[] probabilities = {.2, .8};
    var alone = EstimatedPerformance.of(probabilities, new long[] {500, 500}, 1, 1);
    var repeated = EstimatedPerformance.of(probabilities, new long[] {500, 500}, 1, 4);

    assertThat(width(repeated.estimatedAccuracy()))
        .isCloseTo(2 * width(alone.estimatedAccuracy()), within(1e-12));
  }

  private static double width(EstimatedPerformance.Estimate estimate) {
    return estimate.high() - estimate.low();
  }

  @Test
  void followsTheAccuracyWhenOnlyTheInputsChange() {
    // Given: scores that are too sure, so that they must be calibrated
    DoubleUnaryOperator tooSure = p -> p * p * p / (p * p * p + Math.pow(1 - p, 3));
    var heldOut = Rows.of(1, 20_000, 0, tooSure);
    var estimator = heldOut.estimator();
    var harder = Rows.of(2, 20_000, 1.5, tooSure);

    // When
    var estimate = estimator.estimate(harder.scores());

    // Then
    var accuracy = estimate.estimatedAccuracy();
    assertThat(estimator.calibrated()).isTrue();
    assertThat(accuracy.value()).isCloseTo(harder.accuracy(), within(.015));
    assertThat(Math.abs(harder.accuracy() - heldOut.accuracy())).isGreaterThan(.02);
    assertThat(harder.accuracy()).isBetween(accuracy.low() - .01, accuracy.high() + .01);
    assertThat(estimator.isUnusual(estimate)).isTrue();
  }

  @Test
  void trueProbabilitiesAreLeftAsTheyAreOrNearly() {
    var estimator = Rows.of(3, 20_000, 0, p -> p).estimator();

    for (double p = .05; p < 1; p += .1) {
      assertThat(estimator.probability(p)).isCloseTo(p, within(.05));
    }
    assertThat(estimator.isUnusual(estimator.estimate(Rows.of(4, 2_000, 0, p -> p).scores())))
        .isFalse();
  }

  /// Rows of one horizon share their outcome and nearly their score, so of a row that is left out
  /// alone its neighbours know the outcome, and calibration always seems to help.
  @Test
  void trueProbabilitiesOfRowsThatShareTheirOutcomesAreMostlyLeftAsTheyAre() {
    long calibrated =
        LongStream.range(0, 30).filter(seed -> horizons(seed).estimator().calibrated()).count();

    assertThat(calibrated).isLessThan(15);
  }

  /// 200 horizons of 20 rows.
  private static Rows horizons(long seed) {
    var ones = Rows.of(seed, 200, 0, p -> p);
    var random = new SplittableRandom(seed);
    double[] scores =
        Arrays.stream(ones.scores())
            .flatMap(p -> random.doubles(20, p - .0001, p + .0001))
            .toArray();
    double[] labels =
        Arrays.stream(ones.labels())
            .flatMap(label -> DoubleStream.generate(() -> label).limit(20))
            .toArray();
    return new Rows(scores, labels);
  }

  /// A bin is a tenth of log-odds wide: .025 at .5.
  @Test
  void countsTellNearlyWhatScoresDo() {
    var estimator = Rows.of(3, 20_000, 0, p -> p).estimator();
    var other = Rows.of(9, 20_000, 1, p -> p);
    double exact =
        Arrays.stream(other.scores()).map(p -> p >= THRESHOLD ? p : 1 - p).average().orElseThrow();

    assertThat(estimator.estimate(other.scores()).estimatedAccuracy().value())
        .isCloseTo(exact, within(estimator.calibrated() ? .01 : .002));
  }

  @Test
  void independentLabelsHaveATauOfOne() {
    assertThat(Rows.of(3, 20_000, 0, p -> p).estimator().tau()).isEqualTo(1);
  }

  @Test
  void doesNotSeeAChangeOfMeaningAndIsSwitchedOffByLabels() {
    // Given: half of the positives are none any more
    var estimator = Rows.of(5, 20_000, 0, p -> p).estimator();
    var before = Rows.of(6, 20_000, 0, p -> p);
    var after = Rows.of(7, 1_000, 0, p -> p);
    for (int i = 0; i < after.labels().length; i += 2) {
      after.labels()[i] = 0;
    }

    // When
    var afterBefore = audited(CalibrationMonitor.NEW, estimator, before);
    var afterAll = audited(afterBefore, estimator, after);

    // Then
    double estimate = estimator.estimate(after.scores()).estimatedAccuracy().value();
    assertThat(estimate - after.accuracy()).isGreaterThan(.05);
    assertThat(afterBefore.off()).isFalse();
    assertThat(afterAll.off()).isTrue();
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

  private static CalibrationMonitor audited(
      CalibrationMonitor before, PerformanceEstimator estimator, Rows rows) {
    var monitor = before;
    for (int i = 0; i < rows.scores().length; i++) {
      monitor = monitor.with(estimator.probability(rows.scores()[i]), rows.labels()[i] == 1);
    }
    return monitor;
  }
}
