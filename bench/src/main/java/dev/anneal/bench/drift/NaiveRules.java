package dev.anneal.bench.drift;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/// The rules in common use, each asked of one day against the reference: all take rows for
/// independent.
final class NaiveRules {
  private static final double ALPHA = .05;
  private static final double EVIDENTLY_DISTANCE = .1; // of the normed Wasserstein distance

  private NaiveRules() {}

  /// Which rules call drift, by name.
  ///
  /// @param reference per feature its sorted values
  /// @param current likewise
  static Map<String, Boolean> verdicts(double[][] reference, double[][] current) {
    int features = reference.length;
    var pValues = new double[features];
    var indices = new double[features];
    int far = 0;
    for (int i = 0; i < features; i++) {
      pValues[i] = kolmogorovSmirnov(reference[i], current[i]);
      indices[i] = stabilityIndex(reference[i], current[i]);
      far += normedWasserstein(reference[i], current[i]) > EVIDENTLY_DISTANCE ? 1 : 0;
    }
    Arrays.sort(pValues);
    long significant = Arrays.stream(pValues).filter(p -> p < ALPHA).count();
    double largest = Arrays.stream(indices).max().orElse(0);
    var verdicts = new LinkedHashMap<String, Boolean>();
    verdicts.put("KS p < .05, any feature", significant > 0);
    verdicts.put("KS p < .05, half of the features", significant * 2 >= features);
    verdicts.put("KS, Bonferroni", pValues[0] < ALPHA / features);
    verdicts.put("KS, Benjamini-Hochberg", rejectsAny(pValues));
    verdicts.put("PSI > .1, any feature", largest > .1);
    verdicts.put("PSI > .2, any feature", largest > .2);
    verdicts.put("Evidently's default", far * 2 >= features);
    return verdicts;
  }

  private static boolean rejectsAny(double[] sorted) {
    for (int i = 0; i < sorted.length; i++) {
      if (sorted[i] <= ALPHA * (i + 1) / sorted.length) {
        return true;
      }
    }
    return false;
  }

  /// The asymptotic p-value of the two-sample test (Kolmogorov's series at Stephens's λ).
  static double kolmogorovSmirnov(double[] a, double[] b) {
    double distance = 0;
    for (int i = 0, j = 0; i < a.length && j < b.length; ) {
      double at = Math.min(a[i], b[j]);
      while (i < a.length && a[i] <= at) {
        i++;
      }
      while (j < b.length && b[j] <= at) {
        j++;
      }
      distance = Math.max(distance, Math.abs(i / (double) a.length - j / (double) b.length));
    }
    double root = Math.sqrt(a.length / (1 + a.length / (double) b.length));
    double lambda = (root + .12 + .11 / root) * distance;
    double sum = 0;
    for (int k = 1; k <= 100; k++) {
      sum += (k % 2 == 1 ? 2 : -2) * Math.exp(-2 * k * k * lambda * lambda);
    }
    return lambda < .2 ? 1 : Math.clamp(sum, 0, 1);
  }

  /// Over the reference's deciles, an empty bin as 1e-4.
  static double stabilityIndex(double[] reference, double[] current) {
    double index = 0;
    double seen = 0;
    for (int decile = 1; decile <= 10; decile++) {
      double at = decile / 10.0 * (reference.length - 1);
      double edge = reference[(int) at];
      edge +=
          decile == 10
              ? Double.POSITIVE_INFINITY
              : (at - (int) at) * (reference[(int) at + 1] - edge);
      int place = Arrays.binarySearch(current, edge);
      double below = place >= 0 ? place : -place - 1;
      double q = Math.max(1e-4, (below - seen) / current.length);
      index += (.1 - q) * Math.log(.1 / q);
      seen = below;
    }
    return index;
  }

  /// ∫ |F − G| over the reference's standard deviation, as Evidently has it.
  static double normedWasserstein(double[] reference, double[] current) {
    double area = 0;
    int i = 0;
    int j = 0;
    double before = Math.min(reference[0], current[0]);
    while (i < reference.length || j < current.length) {
      boolean isReference =
          j == current.length || (i < reference.length && reference[i] <= current[j]);
      double at = isReference ? reference[i] : current[j];
      double gap = Math.abs(i / (double) reference.length - j / (double) current.length);
      area += (at - before) * gap;
      before = at;
      i += isReference ? 1 : 0;
      j += isReference ? 0 : 1;
    }
    double mean = Arrays.stream(reference).average().orElse(0);
    double squares = Arrays.stream(reference).map(x -> (x - mean) * (x - mean)).sum();
    return area / Math.max(Math.sqrt(squares / reference.length), .001);
  }
}
