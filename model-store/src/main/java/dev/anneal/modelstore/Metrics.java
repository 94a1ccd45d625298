package dev.anneal.modelstore;

import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// How good scores are against labels 0 and 1, and the threshold that makes labels of scores.
public final class Metrics {
  /// Float32's resolution near 1: one confident mistake counts much but not infinitely.
  private static final double CLIP = 1e-7;

  private final float[] scores;
  private final float[] labels;
  private final int[] descending;
  private final long positives;

  /// @param scores one per label; not copied
  /// @param labels 0 or 1; not copied
  public Metrics(float[] scores, float[] labels) {
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
  public double bestThreshold() {
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

  /// Mean negative log likelihood, natural logarithm.
  public double logLoss() {
    double sum = 0;
    for (int i = 0; i < scores.length; i++) {
      double p = Math.clamp(labels[i] == 1 ? scores[i] : 1.0 - scores[i], CLIP, 1);
      sum -= Math.log(p);
    }
    return sum / scores.length;
  }

  /// Area under precision over recall as a sum of steps, as scikit-learn's
  /// `average_precision_score`; rows of equal score are one step. 0 without positive rows.
  public double averagePrecision() {
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
    return positives == 0 ? 0 : sum / positives;
  }

  /// Probability that a positive scores above a negative, of which there is at least one each; ties
  /// count half.
  public double auc() {
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

  /// What a decision at the threshold gets right and wrong.
  public Confusion confusion(double threshold) {
    var counts = new long[4];
    for (int i = 0; i < scores.length; i++) {
      counts[(scores[i] >= threshold ? 2 : 0) + (labels[i] == 1 ? 1 : 0)]++;
    }
    return new Confusion(counts[3], counts[2], counts[0], counts[1]);
  }

  /// By name, in the words of the lifecycle event.
  public Map<String, Double> at(double threshold) {
    var confusion = confusion(threshold);
    var metrics = new TreeMap<String, Double>();
    metrics.put("accuracy", confusion.accuracy());
    metrics.put("precision", confusion.precision());
    metrics.put("recall", confusion.recall());
    metrics.put("f1", confusion.f1());
    metrics.put("auc", auc());
    metrics.put("averagePrecision", averagePrecision());
    metrics.put("logLoss", logLoss());
    metrics.put("positives", (double) positives);
    metrics.put("threshold", threshold);
    return metrics;
  }
}
