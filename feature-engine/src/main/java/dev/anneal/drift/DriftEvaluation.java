package dev.anneal.drift;

import java.util.List;

/// What one window's comparison with the reference profile said.
///
/// @param features every feature's statistic, tested or not
public record DriftEvaluation(Verdict verdict, String reason, List<FeatureDrift> features) {
  /// What follows from the statistics.
  public enum Verdict {
    STABLE,
    DRIFT,

    /// Too few effective rows to say.
    INSUFFICIENT,

    /// Values went missing: a sensor's fault, not a process that changed. Never a reason to
    /// retrain.
    SENSOR_FAULT
  }

  /// One feature's population stability index.
  ///
  /// @param pValue NaN when there are too few effective rows to test
  /// @param drifted after Benjamini-Hochberg over the model's features
  public record FeatureDrift(
      String name,
      double index,
      double pValue,
      double referenceEffectiveRows,
      double currentEffectiveRows,
      boolean drifted) {}

  public DriftEvaluation {
    features = List.copyOf(features);
  }
}
