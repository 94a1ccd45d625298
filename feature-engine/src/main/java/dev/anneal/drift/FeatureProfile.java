package dev.anneal.drift;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/// The frozen distribution of one feature, or of the score, in the training data.
///
/// @param counts rows in each of the bins
/// @param mean of the finite values, NaN without any
/// @param standardDeviation of the finite values (population), NaN without any
/// @param tau integrated autocorrelation time in rows, at least 1: n rows tell as much as n / tau
///     independent ones
/// @param importance share of the model's total gain, 0 when unknown
/// @param extent how far the values went
public record FeatureProfile(
    String name,
    Bins bins,
    List<Long> counts,
    double mean,
    double standardDeviation,
    double tau,
    double importance,
    Extent extent) {

  public FeatureProfile {
    counts = List.copyOf(counts);
    if (counts.size() != bins.count()) {
      throw new IllegalArgumentException(
          "profile of %s has %d counts, expected %d for %s"
              .formatted(name, counts.size(), bins.count(), bins));
    }
    if (!(tau >= 1)) {
      throw new IllegalArgumentException(
          "tau of %s must be at least 1, was %s".formatted(name, tau));
    }
  }

  /// Of a feature that training did not have.
  static FeatureProfile unknown(String name) {
    return empty(name, Bins.of(List.of()));
  }

  /// Of nothing, over bins that something is to be counted in.
  static FeatureProfile empty(String name, Bins bins) {
    return new FeatureProfile(
        name,
        bins,
        Collections.nCopies(bins.count(), 0L),
        Double.NaN,
        Double.NaN,
        1,
        0,
        Extent.UNKNOWN);
  }

  long rows() {
    return counts.stream().mapToLong(Long::longValue).sum();
  }

  /// Of the rows, those without a finite value.
  double missingShare() {
    long missing = counts.get(counts.size() - 1) + counts.get(counts.size() - 2);
    return missing / (double) Math.max(1, rows());
  }

  /// @param column of `rows`, or scores in its place
  static FeatureProfile of(String name, double importance, double[] column, TrainingRows rows) {
    int finite = 0;
    double mean = 0;
    double squares = 0;
    var sorted = new double[column.length];
    for (double value : column) {
      if (Double.isFinite(value)) {
        sorted[finite++] = value;
        double delta = value - mean;
        mean += delta / finite;
        squares += delta * (value - mean);
      }
    }
    sorted = Arrays.copyOf(sorted, finite);
    Arrays.sort(sorted);
    var bins = Bins.deciles(sorted);
    var counts = new Long[bins.count()];
    Arrays.fill(counts, 0L);
    for (double value : column) {
      counts[bins.binOf(value)]++;
    }
    return new FeatureProfile(
        name,
        bins,
        List.of(counts),
        finite == 0 ? Double.NaN : mean,
        finite == 0 ? Double.NaN : Math.sqrt(squares / finite),
        Autocorrelation.time(column, rows),
        importance,
        Extent.of(sorted, column, rows));
  }
}
