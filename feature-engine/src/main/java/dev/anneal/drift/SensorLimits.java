package dev.anneal.drift;

/// When a sensor is at fault (`docs/methods.md`).
///
/// @param missingRise by which the share of missing values or of bad rows must rise
/// @param stuckRise by which the share of values that stand still must rise
/// @param farShare of the values, far out of the reference's range, that is out of range
/// @param spikeShare of the values, far out of range for a row or two, that is spikes
/// @param farRanges how many of the reference's ranges beyond its extremes are far
/// @param minimumRows for a sensor to be judged
public record SensorLimits(
    double missingRise,
    double stuckRise,
    double farShare,
    double spikeShare,
    double farRanges,
    long minimumRows) {
  public static final SensorLimits DEFAULT = new SensorLimits(.2, .1, .05, .001, 1, 30);
}
