package dev.anneal.drift;

/// What a binary model's confusion would be if its probabilities were true: an **estimate** from
/// scores alone, without labels (confidence-based performance estimation). It sees what changed in
/// the inputs, and nothing of what changed in what they mean; under such a change it can be worse
/// than to assume that nothing changed. It may be shown, and never asks for a training.
///
/// @param truePositives expected, likewise the others
/// @param positiveVariance of the count of ones among the rows predicted to be 1, by effective rows
/// @param negativeVariance likewise, among those predicted to be 0
public record EstimatedPerformance(
    long rows,
    double truePositives,
    double falsePositives,
    double falseNegatives,
    double trueNegatives,
    double positiveVariance,
    double negativeVariance) {
  private static final double BAND = 3;

  /// A share and the band it is in if the probabilities are true: 3 sampling errors on both sides,
  /// within [0, 1]. NaN where it is of no rows.
  public record Estimate(double value, double low, double high) {
    private static Estimate of(double value, double variance) {
      double width = BAND * Math.sqrt(variance);
      return new Estimate(value, Math.max(0, value - width), Math.min(1, value + width));
    }
  }

  /// @param probabilities calibrated, per bin
  /// @param counts of rows, per bin
  /// @param firstPositive bin from which on the model says 1
  /// @param tau rows that tell as much as one independent row
  static EstimatedPerformance of(
      double[] probabilities, long[] counts, int firstPositive, double tau) {
    long rows = 0;
    double truePositives = 0;
    double falsePositives = 0;
    double falseNegatives = 0;
    double trueNegatives = 0;
    double positiveVariance = 0;
    double negativeVariance = 0;
    for (int bin = 0; bin < probabilities.length; bin++) {
      double ones = counts[bin] * probabilities[bin];
      double zeros = counts[bin] - ones;
      double variance = ones * (1 - probabilities[bin]) * tau;
      rows += counts[bin];
      if (bin >= firstPositive) {
        truePositives += ones;
        falsePositives += zeros;
        positiveVariance += variance;
      } else {
        falseNegatives += ones;
        trueNegatives += zeros;
        negativeVariance += variance;
      }
    }
    return new EstimatedPerformance(
        rows,
        truePositives,
        falsePositives,
        falseNegatives,
        trueNegatives,
        positiveVariance,
        negativeVariance);
  }

  public Estimate estimatedAccuracy() {
    double squared = (double) rows * rows;
    return Estimate.of(
        (truePositives + trueNegatives) / rows, (positiveVariance + negativeVariance) / squared);
  }

  /// Of what is predicted to be 1.
  public Estimate estimatedPrecision() {
    double predicted = truePositives + falsePositives;
    return Estimate.of(truePositives / predicted, positiveVariance / (predicted * predicted));
  }

  /// Of what is 1. Its error is that of a ratio, to first order.
  public Estimate estimatedRecall() {
    double ones = truePositives + falseNegatives;
    double variance =
        falseNegatives * falseNegatives * positiveVariance
            + truePositives * truePositives * negativeVariance;
    return Estimate.of(truePositives / ones, variance / Math.pow(ones, 4));
  }

  /// 2 · precision · recall / (precision + recall). Its error is that of a ratio, to first order.
  public Estimate estimatedF1() {
    double both = 2 * truePositives + falsePositives + falseNegatives;
    double rest = both - truePositives;
    double variance =
        4 * (rest * rest * positiveVariance + truePositives * truePositives * negativeVariance);
    return Estimate.of(2 * truePositives / both, variance / Math.pow(both, 4));
  }
}
