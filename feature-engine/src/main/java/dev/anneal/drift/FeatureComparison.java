package dev.anneal.drift;

import dev.anneal.drift.DriftEvaluation.FeatureDrift;
import java.util.Arrays;
import java.util.List;

/// One feature's counts in a window against those of its profile, by every statistic.
final class FeatureComparison {
  private final FeatureProfile profile;
  private final long[] reference;
  private final long[] current;

  /// @param current over the profile's bins
  FeatureComparison(FeatureProfile profile, long[] current) {
    this.profile = profile;
    this.reference = profile.counts().stream().mapToLong(Long::longValue).toArray();
    this.current = current;
  }

  /// @param minimumEffectiveRows on each side, for a p-value
  FeatureDrift compare(double minimumEffectiveRows) {
    double n = Arrays.stream(reference).sum() / profile.tau();
    double m = Arrays.stream(current).sum() / profile.tau();
    boolean enough = Math.min(n, m) >= minimumEffectiveRows;
    var stability = PopulationStability.of(reference, current, n, m);
    double pValue = enough ? stability.pValue() : Double.NaN;
    return new FeatureDrift(
        profile.name(), stability.index(), pValue, n, m, false, statistics(n, m, enough));
  }

  private List<Statistic> statistics(double n, double m, boolean enough) {
    long[] referenceNumbers = finite(reference);
    long[] currentNumbers = finite(current);
    double finiteN = Arrays.stream(referenceNumbers).sum() / profile.tau();
    double finiteM = Arrays.stream(currentNumbers).sum() / profile.tau();
    var ks = KolmogorovSmirnov.ofBins(referenceNumbers, currentNumbers, finiteN, finiteM);
    var table = Contingency.of(reference, current, n, m);
    double moved = Wasserstein.ofBins(profile, current);
    return List.of(
        new Statistic(Statistic.KS, ks.distance(), enough ? ks.pValue() : Double.NaN),
        new Statistic(
            Statistic.CHI_SQUARE, table.chiSquare(), enough ? table.pValue() : Double.NaN),
        new Statistic(
            Statistic.JENSEN_SHANNON, JensenShannon.distance(reference, current), Double.NaN),
        new Statistic(
            Statistic.WASSERSTEIN,
            Wasserstein.normed(moved, profile.standardDeviation()),
            Double.NaN),
        new Statistic(
            Statistic.PSI_EVIDENTLY,
            PopulationStability.asEvidently(reference, current),
            Double.NaN));
  }

  /// By how much more of the values are missing than in training.
  double missingRise() {
    return missingShare(current) - missingShare(reference);
  }

  private static double missingShare(long[] counts) {
    long missing = counts[counts.length - 1] + counts[counts.length - 2];
    return missing / (double) Math.max(1, Arrays.stream(counts).sum());
  }

  private static long[] finite(long[] counts) {
    return Arrays.copyOf(counts, counts.length - 2);
  }
}
