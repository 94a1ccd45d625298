package dev.anneal.drift;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/// Scores to probabilities by a rising step function, the nearest one to the labels (pool adjacent
/// violators), on a straight line between the steps' middles.
final class Isotonic {
  private final double[] scores; // middles of the steps, ascending
  private final double[] probabilities;

  private Isotonic(double[] scores, double[] probabilities) {
    this.scores = scores;
    this.probabilities = probabilities;
  }

  /// @param labels 0 or 1, as many as scores
  static Isotonic fit(double[] scores, double[] labels) {
    int[] order =
        IntStream.range(0, scores.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> scores[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    var middles = new double[scores.length];
    var means = new double[scores.length];
    var weights = new double[scores.length];
    int steps = 0;
    for (int i : order) {
      middles[steps] = scores[i];
      means[steps] = labels[i];
      weights[steps] = 1;
      steps++;
      while (steps > 1
          && (means[steps - 2] >= means[steps - 1] || middles[steps - 2] == middles[steps - 1])) {
        double weight = weights[steps - 2] + weights[steps - 1];
        double share = weights[steps - 1] / weight;
        middles[steps - 2] += share * (middles[steps - 1] - middles[steps - 2]);
        means[steps - 2] += share * (means[steps - 1] - means[steps - 2]);
        weights[steps - 2] = weight;
        steps--;
      }
    }
    return new Isotonic(Arrays.copyOf(middles, steps), Arrays.copyOf(means, steps));
  }

  double probability(double score) {
    int at = Arrays.binarySearch(scores, score);
    if (at >= 0) {
      return probabilities[at];
    }
    int above = -at - 1;
    if (above == 0 || above == scores.length) {
      return probabilities[above == 0 ? 0 : above - 1];
    }
    double along = (score - scores[above - 1]) / (scores[above] - scores[above - 1]);
    return probabilities[above - 1] + along * (probabilities[above] - probabilities[above - 1]);
  }
}
