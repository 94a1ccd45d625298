package dev.anneal.modelstore;

/// How often a decision at a threshold was right, by what was true.
public record Confusion(
    long truePositives, long falsePositives, long trueNegatives, long falseNegatives) {
  public double accuracy() {
    return share(
        truePositives + trueNegatives,
        truePositives + falsePositives + trueNegatives + falseNegatives);
  }

  /// 0 where nothing was predicted positive: a model that never warns has earned nothing.
  public double precision() {
    return share(truePositives, truePositives + falsePositives);
  }

  /// 0 where no row is positive: nothing shows that the model would find one.
  public double recall() {
    return share(truePositives, truePositives + falseNegatives);
  }

  /// Harmonic mean of precision and recall.
  public double f1() {
    return share(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives);
  }

  private static double share(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }
}
