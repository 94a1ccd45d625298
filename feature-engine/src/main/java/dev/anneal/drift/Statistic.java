package dev.anneal.drift;

/// One comparison of a feature's values with its reference.
///
/// @param name one of the constants, as events carry it
/// @param pValue of at least this value without drift, by effective sizes; NaN without a law or
///     with too few effective rows
public record Statistic(String name, double value, double pValue) {
  /// The population stability index.
  public static final String PSI = "psi";

  /// As Evidently computes it.
  public static final String PSI_EVIDENTLY = "psi_evidently";

  /// Kolmogorov and Smirnov's D over the bins.
  public static final String KS = "ks";

  /// χ² of the bins' contingency table.
  public static final String CHI_SQUARE = "chi_square";

  /// The Jensen-Shannon distance in natural logarithms.
  public static final String JENSEN_SHANNON = "jensen_shannon_ln";

  /// The same to base 2.
  public static final String JENSEN_SHANNON_BASE_2 = "jensen_shannon_2";

  /// Wasserstein's distance in σ of the reference, winsorised at its .1 % and 99.9 % quantiles.
  public static final String WASSERSTEIN = "wasserstein_normed";

  /// The share of values that are missing or not finite, less what it was in training.
  public static final String MISSING_RISE = "missing_rise";
}
