package dev.anneal.drift;

import java.util.Arrays;
import java.util.List;

/// Fixed bins over numbers, with open ends, and two more for what is not a number: k edges make k +
/// 1 bins, then MISSING, then NON-FINITE. Bin i holds `edges[i-1] <= x < edges[i]`.
public final class Bins {
  private static final int SPECIAL = 2;
  private static final int QUANTILES = 10;

  /// A value with this share of the mass has a bin of its own (`docs/methods.md`).
  private static final double ATOM_SHARE = .05;

  private final EdgeSearch edges;

  private Bins(double[] edges) {
    this.edges = new EdgeSearch(edges);
  }

  /// @param edges strictly ascending, finite
  public static Bins of(List<Double> edges) {
    var copy = edges.stream().mapToDouble(Double::doubleValue).toArray();
    for (int i = 0; i < copy.length; i++) {
      if (!Double.isFinite(copy[i]) || (i > 0 && copy[i] <= copy[i - 1])) {
        throw new IllegalArgumentException(
            "bin edges must be finite and ascend strictly, were " + edges);
      }
    }
    return new Bins(copy);
  }

  /// Deciles of the values, equal edges merged, single values of much mass apart; no bin of numbers
  /// is left empty.
  ///
  /// @param sorted finite values, ascending
  static Bins deciles(double[] sorted) {
    var candidates = new double[QUANTILES - 1 + 2 * (int) Math.ceil(1 / ATOM_SHARE)];
    int n = 0;
    for (int decile = 1; decile < QUANTILES && sorted.length > 0; decile++) {
      candidates[n++] = quantile(sorted, decile / (double) QUANTILES);
    }
    for (int from = 0, to; from < sorted.length; from = to) {
      for (to = from; to < sorted.length && sorted[to] == sorted[from]; to++) {}
      if (to - from >= ATOM_SHARE * sorted.length) {
        candidates[n++] = sorted[from];
        candidates[n++] = Math.nextUp(sorted[from]);
      }
    }
    return new Bins(Arrays.stream(candidates, 0, n).sorted().distinct().toArray())
        .withoutEmpty(sorted);
  }

  /// Between order statistics on a straight line (Hyndman and Fan's definition 7, NumPy's default).
  static double quantile(double[] sorted, double share) {
    double at = share * (sorted.length - 1);
    double below = sorted[(int) at];
    double above = sorted[Math.min((int) at + 1, sorted.length - 1)];
    return below + (at - (int) at) * (above - below);
  }

  private Bins withoutEmpty(double[] sorted) {
    long[] counts = new long[count()];
    for (double value : sorted) {
      counts[binOf(value)]++;
    }
    var all = edges();
    var kept = new double[all.size()];
    int n = 0;
    boolean filled = counts[0] > 0;
    for (int i = 0; i < kept.length; i++) {
      if (filled && counts[i + 1] > 0) {
        kept[n++] = all.get(i); // an empty bin goes to the one below, the first to the one above
      }
      filled |= counts[i + 1] > 0;
    }
    return new Bins(Arrays.copyOf(kept, n));
  }

  /// The bin of a value, of [#count] bins.
  public int binOf(double value) {
    if (!Double.isFinite(value)) {
      return edges.count() + (Double.isNaN(value) ? 1 : 2);
    }
    return edges.binOf(value);
  }

  /// All bins, MISSING and NON-FINITE among them.
  public int count() {
    return edges.count() + 1 + SPECIAL;
  }

  public List<Double> edges() {
    return edges.edges();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bins that && edges.equals(that.edges);
  }

  @Override
  public int hashCode() {
    return edges.hashCode();
  }

  @Override
  public String toString() {
    return "Bins" + edges;
  }
}
