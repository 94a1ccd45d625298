package dev.anneal.drift;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Switches the estimate of performance off when labels that did come say that the probabilities it
/// rests on are not true: per block of 200 labels, a χ² of the expected and the found ones in ten
/// bins of probability (Hosmer and Lemeshow 1980). Off for as long as the version serves.
///
/// @param bins of the block that is being filled
/// @param labels in it
/// @param off whether a block disagreed
public record CalibrationMonitor(List<Bin> bins, int labels, boolean off) {
  public static final CalibrationMonitor NEW =
      new CalibrationMonitor(Collections.nCopies(10, Bin.EMPTY), 0, false);

  private static final int BLOCK = 200;
  private static final double LEAST_VARIANCE = 1;
  private static final double SIGNIFICANCE = .001;

  /// Labels whose probabilities are close.
  ///
  /// @param expected ones, by the probabilities
  /// @param variance of that
  public record Bin(double expected, double found, double variance) {
    private static final Bin EMPTY = new Bin(0, 0, 0);

    private Bin plus(Bin other) {
      return new Bin(expected + other.expected, found + other.found, variance + other.variance);
    }

    private double chiSquare() {
      double difference = found - expected;
      return difference * difference / Math.max(variance, LEAST_VARIANCE);
    }
  }

  public CalibrationMonitor {
    bins = List.copyOf(bins);
  }

  /// @param probability that the estimator gave
  /// @param label what came true, independent of the labels before
  public CalibrationMonitor with(double probability, boolean label) {
    var more = new ArrayList<>(bins);
    int at = Math.clamp((int) (probability * bins.size()), 0, bins.size() - 1);
    var one = new Bin(probability, label ? 1 : 0, probability * (1 - probability));
    more.set(at, more.get(at).plus(one));
    return labels + 1 < BLOCK
        ? new CalibrationMonitor(more, labels + 1, off)
        : new CalibrationMonitor(NEW.bins, 0, off || disagrees(more));
  }

  /// Bins in which hardly anything is uncertain are one.
  private static boolean disagrees(List<Bin> bins) {
    var tested = new ArrayList<>(bins);
    tested.removeIf(bin -> bin.variance < LEAST_VARIANCE);
    var rest = bins.stream().filter(b -> b.variance < LEAST_VARIANCE).reduce(Bin.EMPTY, Bin::plus);
    if (!rest.equals(Bin.EMPTY)) {
      tested.add(rest);
    }
    double statistic = tested.stream().mapToDouble(Bin::chiSquare).sum();
    return ChiSquare.upperTail(statistic, tested.size()) < SIGNIFICANCE;
  }
}
