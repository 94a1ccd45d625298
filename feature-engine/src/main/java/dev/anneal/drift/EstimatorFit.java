package dev.anneal.drift;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

/// Fits a [PerformanceEstimator]. Scores are calibrated where that makes them truer on rows it was
/// not fitted on.
final class EstimatorFit {
  private static final int CHUNKS = 10;
  private static final double DEVIATIONS = 3;

  private EstimatorFit() {}

  static PerformanceEstimator of(
      double[] scores, double[] labels, double threshold, TrainingRows rows) {
    int least = PerformanceEstimator.LEAST_ROWS;
    if (scores.length != labels.length || scores.length != rows.size() || scores.length < least) {
      throw new IllegalArgumentException(
          "expected at least %d rows with as many scores and labels, found %d, %d and %d"
              .formatted(least, rows.size(), scores.length, labels.length));
    }
    boolean calibrates = calibrationHelps(scores, labels);
    var accuracies = new double[CHUNKS];
    for (int chunk = 0; chunk < CHUNKS; chunk++) {
      int from = chunk * scores.length / CHUNKS;
      int to = (chunk + 1) * scores.length / CHUNKS;
      var others = IntStream.range(0, scores.length).filter(i -> i < from || i >= to).toArray();
      var without = table(pick(scores, others), pick(labels, others), threshold, calibrates);
      double[] left = Arrays.copyOfRange(scores, from, to);
      accuracies[chunk] = without.estimate(left).estimatedAccuracy().value();
    }
    double mean = Arrays.stream(accuracies).average().orElseThrow();
    double variance =
        Arrays.stream(accuracies).map(a -> (a - mean) * (a - mean)).sum() / (CHUNKS - 1);
    double width = DEVIATIONS * Math.sqrt(variance);
    var all = table(scores, labels, threshold, calibrates);
    return new PerformanceEstimator(
        threshold,
        tau(all, scores, labels, rows),
        calibrates,
        all.edges(),
        all.probabilities(),
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

  /// The estimator's bins and their probabilities; all else is not known yet.
  private static PerformanceEstimator table(
      double[] scores, double[] labels, double threshold, boolean calibrates) {
    DoubleUnaryOperator probability =
        calibrates ? Isotonic.fit(scores, labels)::probability : score -> score;
    var edges = PerformanceEstimator.edges(threshold);
    var bins = Bins.of(edges);
    var sums = new double[edges.size() + 1];
    var counts = new long[edges.size() + 1];
    for (double score : scores) {
      int bin = bins.binOf(score);
      sums[bin] += probability.applyAsDouble(score);
      counts[bin]++;
    }
    var probabilities = new ArrayList<Double>();
    for (int bin = 0; bin < counts.length; bin++) {
      probabilities.add(
          counts[bin] > 0
              ? sums[bin] / counts[bin]
              : probability.applyAsDouble(middle(edges, bin)));
    }
    return new PerformanceEstimator(threshold, 1, calibrates, edges, probabilities, 0, 1);
  }

  private static double middle(List<Double> edges, int bin) {
    double from = bin == 0 ? 0 : edges.get(bin - 1);
    double to = bin == edges.size() ? 1 : edges.get(bin);
    return (from + to) / 2;
  }

  /// Labels of one horizon share their outcome: what they are beyond their probabilities repeats
  /// itself.
  private static double tau(
      PerformanceEstimator fitted, double[] scores, double[] labels, TrainingRows rows) {
    var bins = fitted.bins();
    var residuals = new double[scores.length];
    Arrays.setAll(residuals, i -> labels[i] - fitted.probabilities().get(bins.binOf(scores[i])));
    return Autocorrelation.time(residuals, rows);
  }

  private static double[] pick(double[] values, int[] rows) {
    return Arrays.stream(rows).mapToDouble(row -> values[row]).toArray();
  }
}
