package dev.anneal.drift;

import java.util.List;

/// What one window's comparison with the reference profile said.
///
/// @param features every feature's statistics, tested or not
/// @param faults of sensors, whose features had no vote
public record DriftEvaluation(
    Verdict verdict, String reason, List<FeatureDrift> features, List<SensorFault> faults) {
  /// What follows from the statistics.
  public enum Verdict {
    STABLE,
    DRIFT,

    /// Too few effective rows to say.
    INSUFFICIENT,

    /// Values went missing or sensors are at fault: not a process that changed. Never a reason to
    /// retrain.
    SENSOR_FAULT
  }

  /// One feature's comparison.
  ///
  /// @param index the population stability index; .1 and .25 are usual labels of its size, and
  ///     decide nothing
  /// @param pValue that decides, of KS and PSI; NaN when there are too few effective rows to test
  /// @param drifted after the correction for the number of the model's features
  /// @param statistics all, with p-values of their own
  public record FeatureDrift(
      String name,
      double index,
      double pValue,
      double referenceEffectiveRows,
      double currentEffectiveRows,
      boolean drifted,
      List<Statistic> statistics) {
    public FeatureDrift {
      statistics = List.copyOf(statistics);
    }

    FeatureDrift asDrifted() {
      return new FeatureDrift(
          name, index, pValue, referenceEffectiveRows, currentEffectiveRows, true, statistics);
    }
  }

  public DriftEvaluation {
    features = List.copyOf(features);
    faults = List.copyOf(faults);
  }

  public DriftEvaluation(Verdict verdict, String reason, List<FeatureDrift> features) {
    this(verdict, reason, features, List.of());
  }
}
