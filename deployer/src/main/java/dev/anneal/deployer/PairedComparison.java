package dev.anneal.deployer;

import java.util.function.IntPredicate;

/// Champion and challenger on the same rows: only rows that exactly one of them got right say which
/// is better (McNemar).
///
/// Rows of one asset follow each other in time and err together, so they count for less than as
/// many independent rows. The counts are divided by τ, the integrated autocorrelation time of the
/// difference within assets (docs/methods.md), before the test; without that a handful of machines
/// makes any difference significant.
///
/// @param onlyChampion rows that only the champion got right
/// @param onlyChallenger rows that only the challenger got right
/// @param tau rows per independent row, at least 1
record PairedComparison(long onlyChampion, long onlyChallenger, double tau) {
  private static final double SMALLEST_CORRELATION = .05; // docs/methods.md: the sum stops here
  private static final int LONGEST_LAG = 1_000; // keeps the sum linear in the rows

  /// @param included the rows to compare
  static PairedComparison of(
      EvaluatedRows rows, Scored champion, Scored challenger, IntPredicate included) {
    int[] order = rows.byAssetAndTime().filter(included).toArray();
    var differences = new int[order.length];
    long onlyChampion = 0;
    long onlyChallenger = 0;
    for (int i = 0; i < order.length; i++) {
      boolean championRight = champion.isRight(order[i], rows.labels());
      boolean challengerRight = challenger.isRight(order[i], rows.labels());
      differences[i] = (challengerRight ? 1 : 0) - (championRight ? 1 : 0);
      onlyChampion += differences[i] < 0 ? 1 : 0;
      onlyChallenger += differences[i] > 0 ? 1 : 0;
    }
    return new PairedComparison(onlyChampion, onlyChallenger, tau(rows, order, differences));
  }

  /// Two-sided mid-p value of McNemar's exact test: under "no difference" each of the n rows falls
  /// to either side with probability ½. Mid-p (Lancaster 1961) is closer to the nominal level than
  /// exact p, which hardly ever rejects.
  double pValue() {
    long n = Math.round((onlyChampion + onlyChallenger) / tau);
    long fewer = Math.min(n / 2, Math.round(Math.min(onlyChampion, onlyChallenger) / tau));
    if (n == 0) {
      return 1;
    }
    double logTerm = -n * Math.log(2); // ln C(n, k) / 2^n for k = 0
    double below = 0;
    for (long k = 0; k < fewer; k++) {
      below += Math.exp(logTerm);
      logTerm += Math.log((double) (n - k) / (k + 1));
    }
    return Math.min(1, 2 * (below + Math.exp(logTerm) / 2));
  }

  boolean isChallengerBetter(double significance) {
    return onlyChallenger > onlyChampion && pValue() < significance;
  }

  boolean isChallengerWorse(double significance) {
    return onlyChampion > onlyChallenger && pValue() < significance;
  }

  private static double tau(EvaluatedRows rows, int[] order, int[] differences) {
    int n = order.length;
    double mean = 0;
    for (int d : differences) {
      mean += (double) d / n;
    }
    double variance = 0;
    for (int d : differences) {
      variance += (d - mean) * (d - mean);
    }
    if (variance == 0) {
      return 1;
    }
    double tau = 1;
    for (int lag = 1; lag <= Math.min(n / 5, LONGEST_LAG); lag++) {
      double covariance = 0;
      for (int i = lag; i < n; i++) {
        if (rows.isSameAsset(order[i], order[i - lag])) {
          covariance += (differences[i] - mean) * (differences[i - lag] - mean);
        }
      }
      double correlation = covariance / variance;
      if (correlation < SMALLEST_CORRELATION) {
        break;
      }
      tau += 2 * correlation;
    }
    return tau;
  }
}
