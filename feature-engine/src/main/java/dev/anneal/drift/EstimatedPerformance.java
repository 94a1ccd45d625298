package dev.anneal.drift;

/// What a binary model's confusion would be if its probabilities were true: an **estimate** from
/// scores alone, without labels (confidence-based performance estimation). It sees what changed in
/// the inputs, and nothing of what changed in what they mean; under such a change it can be worse
/// than to assume that nothing changed. It may be shown, and never asks for a training.
///
/// @param truePositives expected, likewise the others
/// @param samplingError of the accuracy, one standard deviation, by effective rows
public record EstimatedPerformance(
    double rows,
    double truePositives,
    double falsePositives,
    double falseNegatives,
    double trueNegatives,
    double samplingError) {
  private static final double BAND = 3;

  /// @param probabilities calibrated
  /// @param predicted whether the model says 1
  /// @param tau rows that tell as much as one independent row
  static EstimatedPerformance of(double[] probabilities, boolean[] predicted, double tau) {
    double truePositives = 0;
    double falsePositives = 0;
    double falseNegatives = 0;
    double trueNegatives = 0;
    double variance = 0;
    for (int i = 0; i < probabilities.length; i++) {
      double p = probabilities[i];
      truePositives += predicted[i] ? p : 0;
      falsePositives += predicted[i] ? 1 - p : 0;
      falseNegatives += predicted[i] ? 0 : p;
      trueNegatives += predicted[i] ? 0 : 1 - p;
      variance += p * (1 - p);
    }
    int rows = probabilities.length;
    return new EstimatedPerformance(
        rows,
        truePositives,
        falsePositives,
        falseNegatives,
        trueNegatives,
        rows == 0 ? Double.NaN : Math.sqrt(variance * tau) / rows);
  }

  public double estimatedAccuracy() {
    return (truePositives + trueNegatives) / rows;
  }

  /// NaN when nothing is predicted to be 1.
  public double estimatedPrecision() {
    return truePositives / (truePositives + falsePositives);
  }

  public double estimatedRecall() {
    return truePositives / (truePositives + falseNegatives);
  }

  /// Lower end of the band that the accuracy is in if the probabilities are true.
  public double low() {
    return Math.max(0, estimatedAccuracy() - BAND * samplingError);
  }

  public double high() {
    return Math.min(1, estimatedAccuracy() + BAND * samplingError);
  }
}
