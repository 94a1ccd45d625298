package dev.anneal.trainer.xgboost;

import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// How good scores are against labels 0 and 1, and the threshold that makes labels of scores.
final class Metrics {
  private static final double CLIP = 1e-7; // a probability of 0 or 1 in float32 is no certainty

  private final float[] scores;
  private final float[] labels;
  private final int[] descending;
  private final long positives;

  /// @param labels at least one 0 and one 1
  Metrics(float[] scores, float[] labels) {
    this.scores = scores;
    this.labels = labels;
    this.descending =
        IntStream.range(0, scores.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> -scores[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    this.positives = IntStream.range(0, labels.length).filter(i -> labels[i] == 1).count();
  }

  /// Scores at or above it are label 1: the one with the largest F1, half way to the next lower
  /// score, so that a score that differs in its last bit keeps its label.
  double bestThreshold() {
    double best = -1;
    double threshold = .5;
    long found = 0;
    for (int i = 0; i < descending.length; i++) {
      found += labels[descending[i]] == 1 ? 1 : 0;
      float score = scores[descending[i]];
      float next = i + 1 < descending.length ? scores[descending[i + 1]] : 0;
      double f1 = 2.0 * found / (i + 1 + positives);
      if (next < score && f1 > best) {
        best = f1;
        threshold = ((double) score + next) / 2;
      }
    }
    return threshold;
  }

  double logLoss() {
    double sum = 0;
    for (int i = 0; i < scores.length; i++) {
      double p = Math.clamp(labels[i] == 1 ? scores[i] : 1.0 - scores[i], CLIP, 1);
      sum -= Math.log(p);
    }
    return sum / scores.length;
  }

  /// Area under the precision-recall curve as a step function.
  double averagePrecision() {
    double sum = 0;
    long found = 0;
    long foundBefore = 0;
    for (int i = 0; i < descending.length; i++) {
      found += labels[descending[i]] == 1 ? 1 : 0;
      if (endsTie(i)) {
        sum += (found - foundBefore) * (found / (i + 1.0));
        foundBefore = found;
      }
    }
    return sum / positives;
  }

  /// Probability that a positive scores above a negative; ties count half.
  double auc() {
    double sum = 0;
    long found = 0;
    int from = 0;
    long foundBefore = 0;
    for (int i = 0; i < descending.length; i++) {
      found += labels[descending[i]] == 1 ? 1 : 0;
      if (endsTie(i)) {
        double negatives = i + 1 - from - (found - foundBefore);
        sum += negatives * (foundBefore + (found - foundBefore) / 2.0);
        from = i + 1;
        foundBefore = found;
      }
    }
    return sum / (positives * (double) (labels.length - positives));
  }

  private boolean endsTie(int i) {
    return i + 1 == descending.length || scores[descending[i + 1]] < scores[descending[i]];
  }

  /// By name, in the words of the lifecycle event.
  Map<String, Double> at(double threshold) {
    long truePositives = 0;
    long predicted = 0;
    for (int i = 0; i < scores.length; i++) {
      boolean positive = scores[i] >= threshold;
      predicted += positive ? 1 : 0;
      truePositives += positive && labels[i] == 1 ? 1 : 0;
    }
    double wrong = (predicted - truePositives) + (positives - truePositives);
    var metrics = new TreeMap<String, Double>();
    metrics.put("accuracy", 1 - wrong / labels.length);
    metrics.put("precision", predicted == 0 ? 0 : truePositives / (double) predicted);
    metrics.put("recall", truePositives / (double) positives);
    metrics.put("f1", 2.0 * truePositives / (predicted + positives));
    metrics.put("auc", auc());
    metrics.put("averagePrecision", averagePrecision());
    metrics.put("logLoss", logLoss());
    metrics.put("positives", (double) positives);
    metrics.put("threshold", threshold);
    return metrics;
  }
}
