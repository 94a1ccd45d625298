package dev.anneal.drift;

/// When differences between a window and the reference are drift (`docs/methods.md`).
///
/// @param falseDiscoveryRate over a model's features, what the correction holds
/// @param correction for their number
/// @param minimumFeatures that must drift together
/// @param topFeatures of the model's features by importance, one of which is enough
/// @param minimumEffectiveRows on each side, for a feature to have a vote; at 30, a day of samples
///     every 5 minutes of a sensor with a usual memory would never have one
/// @param missingRise by which the share of missing rows of a feature must rise to be a sensor
///     fault
public record DriftLimits(
    double falseDiscoveryRate,
    Correction correction,
    int minimumFeatures,
    int topFeatures,
    double minimumEffectiveRows,
    double missingRise) {
  public static final DriftLimits DEFAULT =
      new DriftLimits(.05, Correction.BENJAMINI_HOCHBERG, 2, 3, 5, .2);
}
