package dev.anneal.deployer;

/// How often a decision at a threshold was right, by what was true.
record Confusion(long truePositives, long falsePositives, long trueNegatives, long falseNegatives) {
  static Confusion of(Scored scored, float[] labels) {
    var counts = new long[4];
    for (int row = 0; row < labels.length; row++) {
      counts[(scored.isPositive(row) ? 2 : 0) + (labels[row] > 0.5f ? 1 : 0)]++;
    }
    return new Confusion(counts[3], counts[2], counts[0], counts[1]);
  }

  double accuracy() {
    return share(
        truePositives + trueNegatives,
        truePositives + falsePositives + trueNegatives + falseNegatives);
  }

  /// 0 where nothing was predicted positive: a model that never warns has earned nothing.
  double precision() {
    return share(truePositives, truePositives + falsePositives);
  }

  /// 0 where no row is positive: nothing shows that the model would find one.
  double recall() {
    return share(truePositives, truePositives + falseNegatives);
  }

  private static double share(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }
}
