package dev.anneal.bench;

import java.util.Arrays;
import java.util.Locale;

/// Medians, and numbers as people read them.
public final class Numbers {
  private Numbers() {}

  /// NaN of nothing.
  public static double median(double... values) {
    return quantile(values, .5);
  }

  /// Between order statistics on a straight line; NaN of nothing.
  public static double quantile(double[] values, double share) {
    if (values.length == 0) {
      return Double.NaN;
    }
    var sorted = values.clone();
    Arrays.sort(sorted);
    double at = share * (sorted.length - 1);
    double below = sorted[(int) at];
    double above = sorted[Math.min((int) at + 1, sorted.length - 1)];
    double part = at - (int) at;
    return part == 0 || below == above ? below : below + part * (above - below);
  }

  /// Three significant digits, thousands apart by spaces; `–` where nothing was measured, `∞` where
  /// it never came.
  static String text(double value) {
    if (!Double.isFinite(value)) {
      return Double.isNaN(value) ? "–" : "∞";
    }
    double size = Math.abs(value);
    String format;
    if (size >= 100 || value == Math.rint(value)) {
      format = "%,.0f";
    } else if (size >= 1) {
      format = size >= 10 ? "%.1f" : "%.2f";
    } else {
      format = size >= .01 ? "%.3f" : "%.2g";
    }
    return String.format(Locale.ROOT, format, value).replace(',', ' ');
  }
}
