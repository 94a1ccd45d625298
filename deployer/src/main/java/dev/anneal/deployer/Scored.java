package dev.anneal.deployer;

import dev.anneal.modelstore.Confusion;
import dev.anneal.modelstore.Metrics;

/// What one version says of the evaluation rows.
public final class Scored {
  private final String version;
  private final float[] scores;
  private final double threshold;

  /// @param scores one per row, NaN where nothing fair can be said; not copied
  /// @param threshold scores at or above it are label 1
  public Scored(String version, float[] scores, double threshold) {
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

  boolean isKnown(int row) {
    return !Float.isNaN(scores[row]);
  }

  boolean isPositive(int row) {
    return scores[row] >= threshold;
  }

  boolean isRight(int row, float[] labels) {
    return isPositive(row) == labels[row] > 0.5f;
  }

  Metrics metrics(float[] labels) {
    return new Metrics(scores, labels);
  }

  /// Of some of the rows.
  Metrics metrics(float[] labels, int[] rows) {
    var someScores = new float[rows.length];
    var someLabels = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      someScores[i] = scores[rows[i]];
      someLabels[i] = labels[rows[i]];
    }
    return new Metrics(someScores, someLabels);
  }

  Confusion confusion(float[] labels) {
    return metrics(labels).confusion(threshold);
  }
}
