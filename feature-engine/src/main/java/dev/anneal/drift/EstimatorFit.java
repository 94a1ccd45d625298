package dev.anneal.drift;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Fits a [PerformanceEstimator]. What is fitted is tried on tenths of the time that were left out
/// of the fit: neighbouring rows share their outcome, so a row that is left out alone is known from
/// those beside it.
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
    double[] accuracies =
        chunks(scores.length)
            .mapToDouble(chunk -> accuracy(chunk, scores, labels, threshold, calibrates))
            .toArray();
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

  /// A stretch of rows, in the order of time.
  private record Chunk(int from, int to) {
    int[] others(int rows) {
      return IntStream.range(0, rows).filter(i -> i < from || i >= to).toArray();
    }
  }

  private static Stream<Chunk> chunks(int rows) {
    return IntStream.range(0, CHUNKS)
        .mapToObj(i -> new Chunk(i * rows / CHUNKS, (i + 1) * rows / CHUNKS));
  }

  private static double accuracy(
      Chunk chunk, double[] scores, double[] labels, double threshold, boolean calibrates) {
    int[] others = chunk.others(scores.length);
    var without = table(pick(scores, others), pick(labels, others), threshold, calibrates);
    double[] left = Arrays.copyOfRange(scores, chunk.from(), chunk.to());
    return without.estimate(left).estimatedAccuracy().value();
  }

  private static boolean calibrationHelps(double[] scores, double[] labels) {
    double[] calibrated =
        chunks(scores.length).flatMapToDouble(chunk -> calibrated(chunk, scores, labels)).toArray();
    return CalibrationError.of(calibrated, labels) < CalibrationError.of(scores, labels);
  }

  private static DoubleStream calibrated(Chunk chunk, double[] scores, double[] labels) {
    int[] others = chunk.others(scores.length);
    var calibration = Isotonic.fit(pick(scores, others), pick(labels, others));
    return Arrays.stream(scores, chunk.from(), chunk.to()).map(calibration::probability);
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
