package dev.anneal.drift;

import dev.anneal.drift.DriftEvaluation.FeatureDrift;
import java.util.Arrays;
import java.util.List;

/// One feature's counts in a window against those of its profile, by every statistic.
final class FeatureComparison {
  /// From where on χ² is the law of PSI: three effective rows expected in each of ten bins.
  private static final double PSI_EFFECTIVE_ROWS = 30;

  private static final double KS_WEIGHT = .8;

  private final FeatureProfile profile;
  private final long[] reference;
  private final long[] current;

  /// @param current over the profile's bins
  FeatureComparison(FeatureProfile profile, long[] current) {
    this.profile = profile;
    this.reference = profile.counts().stream().mapToLong(Long::longValue).toArray();
    this.current = current;
  }

  /// The p-value that decides is the smaller of KS's and PSI's, each weighted so that together they
  /// are wrong as often as one (Bonferroni): KS finds shifts soonest, PSI what keeps its place and
  /// changes its shape. Below [#PSI_EFFECTIVE_ROWS] it is KS's alone.
  ///
  /// @param minimumEffectiveRows on each side, for a p-value
  FeatureDrift compare(double minimumEffectiveRows) {
    double n = Arrays.stream(reference).sum() / profile.tau();
    double m = Arrays.stream(current).sum() / profile.tau();
    double rows = Math.min(n, m);
    var psi = PopulationStability.of(reference, current, n, m);
    var ks = kolmogorovSmirnov();
    double psiP = rows >= PSI_EFFECTIVE_ROWS ? psi.pValue() : Double.NaN;
    double ksP = rows >= minimumEffectiveRows ? ks.pValue() : Double.NaN;
    double weighted = Math.min(1, Math.min(ksP / KS_WEIGHT, psiP / (1 - KS_WEIGHT)));
    double decides = rows >= PSI_EFFECTIVE_ROWS ? weighted : ksP;
    double jensenShannon = JensenShannon.distance(reference, current);
    var statistics =
        List.of(
            new Statistic(Statistic.PSI, psi.index(), psiP),
            new Statistic(Statistic.KS, ks.distance(), ksP),
            chiSquare(n, m, rows >= PSI_EFFECTIVE_ROWS),
            withoutLaw(Statistic.JENSEN_SHANNON, jensenShannon),
            withoutLaw(Statistic.JENSEN_SHANNON_BASE_2, JensenShannon.toBase2(jensenShannon)),
            withoutLaw(
                Statistic.WASSERSTEIN,
                Wasserstein.normed(
                    Wasserstein.ofBins(profile, current), profile.standardDeviation())),
            withoutLaw(
                Statistic.PSI_EVIDENTLY, PopulationStability.asEvidently(reference, current)),
            withoutLaw(Statistic.MISSING_RISE, missingRise()));
    double pValue = rows >= minimumEffectiveRows ? decides : Double.NaN;
    return new FeatureDrift(profile.name(), psi.index(), pValue, n, m, false, statistics);
  }

  private KolmogorovSmirnov kolmogorovSmirnov() {
    long[] numbers = finite(reference);
    long[] currentNumbers = finite(current);
    return KolmogorovSmirnov.ofBins(
        numbers,
        currentNumbers,
        Arrays.stream(numbers).sum() / profile.tau(),
        Arrays.stream(currentNumbers).sum() / profile.tau());
  }

  private Statistic chiSquare(double n, double m, boolean enough) {
    var table = Contingency.of(reference, current, n, m);
    return new Statistic(
        Statistic.CHI_SQUARE, table.chiSquare(), enough ? table.pValue() : Double.NaN);
  }

  private static Statistic withoutLaw(String name, double value) {
    return new Statistic(name, value, Double.NaN);
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
