package dev.anneal.drift;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Estimates a binary model's performance from its scores alone; fitted on held-out rows with
/// labels. Scores are calibrated where that makes them truer on rows it was not fitted on.
public final class PerformanceEstimator {
  private static final int CHUNKS = 10;
  private static final double DEVIATIONS = 3;

  private final double threshold;
  private final double tau;
  private final @Nullable Isotonic calibration;
  private final double lowAccuracy;
  private final double highAccuracy;

  private PerformanceEstimator(
      double threshold,
      double tau,
      @Nullable Isotonic calibration,
      double lowAccuracy,
      double highAccuracy) {
    this.threshold = threshold;
    this.tau = tau;
    this.calibration = calibration;
    this.lowAccuracy = lowAccuracy;
    this.highAccuracy = highAccuracy;
  }

  /// @param scores of held-out rows in the order of their event times
  /// @param labels 0 or 1
  /// @param threshold at which the model says 1
  /// @param tau rows that tell as much as one independent row
  public static PerformanceEstimator fit(
      double[] scores, double[] labels, double threshold, double tau) {
    if (scores.length != labels.length || scores.length < 2 * CHUNKS) {
      throw new IllegalArgumentException(
          "expected at least %d scores and as many labels, found %d and %d"
              .formatted(2 * CHUNKS, scores.length, labels.length));
    }
    boolean calibrates = calibrationHelps(scores, labels);
    var accuracies = new double[CHUNKS];
    for (int chunk = 0; chunk < CHUNKS; chunk++) {
      int from = chunk * scores.length / CHUNKS;
      int to = (chunk + 1) * scores.length / CHUNKS;
      var others = IntStream.range(0, scores.length).filter(i -> i < from || i >= to).toArray();
      var without = calibrates ? Isotonic.fit(pick(scores, others), pick(labels, others)) : null;
      double[] left = Arrays.copyOfRange(scores, from, to);
      accuracies[chunk] =
          new PerformanceEstimator(threshold, tau, without, 0, 1)
              .estimate(left)
              .estimatedAccuracy();
    }
    double mean = Arrays.stream(accuracies).average().orElseThrow();
    double variance =
        Arrays.stream(accuracies).map(a -> (a - mean) * (a - mean)).sum() / (CHUNKS - 1);
    double width = DEVIATIONS * Math.sqrt(variance);
    return new PerformanceEstimator(
        threshold,
        tau,
        calibrates ? Isotonic.fit(scores, labels) : null,
        mean - width,
        mean + width);
  }

  /// Fitted on every other row, tried on the rest.
  private static boolean calibrationHelps(double[] scores, double[] labels) {
    int[] even = IntStream.range(0, scores.length).filter(i -> i % 2 == 0).toArray();
    int[] odd = IntStream.range(0, scores.length).filter(i -> i % 2 == 1).toArray();
    var calibration = Isotonic.fit(pick(scores, even), pick(labels, even));
    double[] raw = pick(scores, odd);
    double[] calibrated = Arrays.stream(raw).map(calibration::probability).toArray();
    double[] truth = pick(labels, odd);
    return CalibrationError.of(calibrated, truth) < CalibrationError.of(raw, truth);
  }

  private static double[] pick(double[] values, int[] rows) {
    return Arrays.stream(rows).mapToDouble(row -> values[row]).toArray();
  }

  public EstimatedPerformance estimate(double[] scores) {
    var predicted = new boolean[scores.length];
    for (int i = 0; i < predicted.length; i++) {
      predicted[i] = scores[i] >= threshold;
    }
    double[] probabilities = Arrays.stream(scores).map(this::probability).toArray();
    return EstimatedPerformance.of(probabilities, predicted, tau);
  }

  /// The probability that a score stands for.
  public double probability(double score) {
    return calibration == null ? score : calibration.probability(score);
  }

  public boolean isCalibrated() {
    return calibration != null;
  }

  /// Whether the estimated accuracy is one that tenths of the held-out rows, each left out of the
  /// fit, did not show: below or above their mean by more than three standard deviations.
  public boolean isUnusual(EstimatedPerformance estimate) {
    double accuracy = estimate.estimatedAccuracy();
    return accuracy < lowAccuracy || accuracy > highAccuracy;
  }
}
