package dev.anneal.drift;

import java.util.Arrays;

/// χ² of a table of two rows, reference and current, both uncertain; no Yates correction. Columns
/// that expect fewer than 5 in a cell are pooled into one.
record Contingency(double chiSquare, int degreesOfFreedom, double pValue) {
  private static final double LEAST_EXPECTED = 5;

  /// @param referenceSize effective; the counts are scaled to it
  /// @param currentSize likewise
  static Contingency of(
      long[] reference, long[] current, double referenceSize, double currentSize) {
    double[] a = scaled(reference, referenceSize);
    double[] b = scaled(current, currentSize);
    double n = Arrays.stream(a).sum();
    double m = Arrays.stream(b).sum();
    double statistic = 0;
    double pooledA = 0;
    double pooledB = 0;
    int columns = 0;
    for (int i = 0; i < a.length; i++) {
      if ((a[i] + b[i]) * Math.min(n, m) / (n + m) < LEAST_EXPECTED) {
        pooledA += a[i];
        pooledB += b[i];
      } else {
        statistic += column(a[i], b[i], n, m);
        columns++;
      }
    }
    if (pooledA + pooledB > 0) {
      statistic += column(pooledA, pooledB, n, m);
      columns++;
    }
    return columns < 2 || n == 0 || m == 0
        ? new Contingency(0, 0, 1)
        : new Contingency(statistic, columns - 1, ChiSquare.upperTail(statistic, columns - 1));
  }

  private static double column(double a, double b, double n, double m) {
    double expectedA = (a + b) * n / (n + m);
    double expectedB = (a + b) * m / (n + m);
    return (a - expectedA) * (a - expectedA) / expectedA
        + (b - expectedB) * (b - expectedB) / expectedB;
  }

  private static double[] scaled(long[] counts, double size) {
    double rows = Arrays.stream(counts).sum();
    return Arrays.stream(counts).mapToDouble(c -> rows == 0 ? 0 : c * size / rows).toArray();
  }
}
