package dev.anneal.drift;

/// A sensor that does not measure the process as it did. It raises an alert on the sensor; its
/// features have no vote on drift, and nothing is trained because of it.
///
/// @param evidence what was counted, beside what was expected
public record SensorFault(Kind kind, String sensor, String evidence) {
  /// What is wrong.
  public enum Kind {
    /// The source itself marks rows as bad, stale or out of range.
    BAD_QUALITY,

    /// Values are missing or not finite.
    OUTAGE,

    /// All or part of the values look as if they came in another unit.
    UNIT_CHANGE,

    /// Values stand still.
    STUCK,

    /// Values lie far from all that was seen in training, for long.
    OUT_OF_RANGE,

    /// Single values lie far from all that was seen in training.
    SPIKES
  }
}
