package dev.anneal.drift;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/// Estimates a binary model's performance from counts of its scores alone; fitted on held-out rows
/// with labels, and frozen with the version.
///
/// Scores are counted in bins a tenth of log-odds wide, the model's threshold being an edge. A bin
/// stands for the mean probability of its held-out rows, so on those the counts tell what the
/// scores would; of others a probability is off by at most 2.5 percentage points at .5, and 10 % of
/// its distance to 0 or 1 near them, where calibration is not steeper than the scores are.
///
/// @param threshold at which the model says 1
/// @param tau rows that tell as much as one independent row, of label less probability
/// @param calibrated whether scores were not probabilities as they are
/// @param edges of the bins over scores
/// @param probabilities that scores in the bins stand for, one more than edges
/// @param lowAccuracy below which, and above `highAccuracy`, no estimate of a tenth of the held-out
///     rows was, each left out of the fit: three standard deviations about their mean
public record PerformanceEstimator(
    double threshold,
    double tau,
    boolean calibrated,
    List<Double> edges,
    List<Double> probabilities,
    double lowAccuracy,
    double highAccuracy) {
  /// Fewest held-out rows to fit one on.
  public static final int LEAST_ROWS = 20;

  private static final int MOST_LOG_ODDS = 70; // in tenths: a probability of .999

  public PerformanceEstimator {
    edges = List.copyOf(edges);
    probabilities = List.copyOf(probabilities);
    if (probabilities.size() != edges.size() + 1) {
      throw new IllegalArgumentException(
          "expected one probability more than the %d edges, found %d"
              .formatted(edges.size(), probabilities.size()));
    }
  }

  /// @param scores of the held-out rows
  /// @param labels 0 or 1
  /// @param threshold at which the model says 1
  /// @param rows of the scores
  public static PerformanceEstimator fit(
      double[] scores, double[] labels, double threshold, TrainingRows rows) {
    return EstimatorFit.of(scores, labels, threshold, rows);
  }

  static List<Double> edges(double threshold) {
    var edges = new TreeSet<Double>();
    for (int tenth = -MOST_LOG_ODDS; tenth <= MOST_LOG_ODDS; tenth++) {
      edges.add(1 / (1 + Math.exp(-tenth / 10.0)));
    }
    edges.add(threshold);
    return new ArrayList<>(edges);
  }

  public Bins bins() {
    return Bins.of(edges);
  }

  /// @param counts over the bins
  public EstimatedPerformance estimate(long[] counts) {
    double[] perBin = probabilities.stream().mapToDouble(Double::doubleValue).toArray();
    return EstimatedPerformance.of(perBin, counts, bins().binOf(threshold), tau);
  }

  /// Of rows with these scores.
  EstimatedPerformance estimate(double[] scores) {
    var bins = bins();
    var counts = new long[bins.count()];
    Arrays.stream(scores).mapToInt(bins::binOf).forEach(bin -> counts[bin]++);
    return estimate(counts);
  }

  /// The probability that a score stands for.
  ///
  /// @param score finite
  public double probability(double score) {
    return probabilities.get(bins().binOf(score));
  }

  /// Whether the estimated accuracy is one that tenths of the held-out rows did not show.
  public boolean isUnusual(EstimatedPerformance estimate) {
    double accuracy = estimate.estimatedAccuracy().value();
    return accuracy < lowAccuracy || accuracy > highAccuracy;
  }
}
