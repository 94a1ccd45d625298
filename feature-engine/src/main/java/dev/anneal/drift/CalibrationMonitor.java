package dev.anneal.drift;

import java.util.Arrays;

/// Switches the estimate of performance off when labels that did come say that the probabilities it
/// rests on are not true: per block of labels, a χ² of the expected and the found ones in ten bins
/// of probability (Hosmer and Lemeshow 1980). Off for as long as the version serves. Mutable.
public final class CalibrationMonitor {
  private static final int BINS = 10;
  private static final int BLOCK = 200;
  private static final double LEAST_VARIANCE = 1;
  private static final double SIGNIFICANCE = .001;

  private final double[] expected = new double[BINS];
  private final double[] found = new double[BINS];
  private final double[] variance = new double[BINS];
  private int labels;
  private boolean off;

  /// @param probability that the estimator gave
  /// @param label what came true
  public void add(double probability, boolean label) {
    int bin = Math.clamp((int) (probability * BINS), 0, BINS - 1);
    expected[bin] += probability;
    found[bin] += label ? 1 : 0;
    variance[bin] += probability * (1 - probability);
    labels++;
    if (labels == BLOCK) {
      off |= disagrees();
      Arrays.fill(expected, 0);
      Arrays.fill(found, 0);
      Arrays.fill(variance, 0);
      labels = 0;
    }
  }

  /// Bins in which hardly anything is uncertain are one.
  private boolean disagrees() {
    double statistic = 0;
    int bins = 0;
    double restDifference = 0;
    double restVariance = 0;
    for (int bin = 0; bin < BINS; bin++) {
      double difference = found[bin] - expected[bin];
      if (variance[bin] >= LEAST_VARIANCE) {
        statistic += difference * difference / variance[bin];
        bins++;
      } else {
        restDifference += difference;
        restVariance += variance[bin];
      }
    }
    if (restVariance > 0 || restDifference != 0) {
      statistic += restDifference * restDifference / Math.max(restVariance, LEAST_VARIANCE);
      bins++;
    }
    return bins > 0 && ChiSquare.upperTail(statistic, bins) < SIGNIFICANCE;
  }

  /// Whether the estimate is to be believed.
  public boolean isOn() {
    return !off;
  }
}
