package dev.anneal.deployer;

import java.util.Arrays;

/// What one version says of the evaluation rows.
final class Scored {
  private final String version;
  private final float[] scores;
  private final double threshold;

  /// @param scores one per row; not copied
  /// @param threshold scores at or above it are label 1
  Scored(String version, float[] scores, double threshold) {
    this.version = version;
    this.scores = scores;
    this.threshold = threshold;
  }

  String version() {
    return version;
  }

  int count() {
    return scores.length;
  }

  float score(int row) {
    return scores[row];
  }

  boolean isPositive(int row) {
    return scores[row] >= threshold;
  }

  boolean isRight(int row, float[] labels) {
    return isPositive(row) == labels[row] > 0.5f;
  }

  /// Mean negative log likelihood, natural logarithm; probabilities are kept 1e-7 (float32's
  /// resolution near 1) away from certainty, so that one confident mistake counts much but not
  /// infinitely.
  double logLoss(float[] labels) {
    double sum = 0;
    for (int row = 0; row < labels.length; row++) {
      double p = Math.clamp(scores[row], 1e-7, 1 - 1e-7);
      sum -= Math.log(labels[row] > 0.5f ? p : 1 - p);
    }
    return labels.length == 0 ? 0 : sum / labels.length;
  }

  /// Area under precision over recall as a sum of steps, as scikit-learn's
  /// `average_precision_score`; rows of equal score are one step. 0 without positive rows.
  double averagePrecision(float[] labels) {
    Integer[] order = new Integer[labels.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (a, b) -> Float.compare(scores[b], scores[a]));
    long positives = 0;
    double area = 0;
    long stepPositives = 0;
    for (int i = 0; i < order.length; i++) {
      stepPositives += labels[order[i]] > 0.5f ? 1 : 0;
      boolean isLastOfStep = i + 1 == order.length || scores[order[i + 1]] != scores[order[i]];
      if (isLastOfStep) {
        positives += stepPositives;
        area += (double) stepPositives * positives / (i + 1);
        stepPositives = 0;
      }
    }
    return positives == 0 ? 0 : area / positives;
  }
}
