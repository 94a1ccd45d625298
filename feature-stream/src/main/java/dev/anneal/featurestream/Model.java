package dev.anneal.featurestream;

import dev.anneal.features.FeatureSpecification;
import dev.anneal.schemas.Topics;

/// A model of an organization as far as features and retraining need it.
///
/// @param failureWithinSeconds a row's label is known this long after the row; 0 where it is known
///     at once
record Model(
    String organization,
    String name,
    FeatureSpecification specification,
    long failureWithinSeconds,
    RetrainingSettings retraining) {

  /// When to ask for trainings.
  ///
  /// @param driftEnabled whether drift may ask
  /// @param cooldownSeconds of event time between a request and the next because of drift
  /// @param minimumLabels rows with a known label since the change
  /// @param initialHistorySeconds of event time to see before the first training
  /// @param persistence windows that must drift of the last `persistenceOf`
  record RetrainingSettings(
      boolean driftEnabled,
      long cooldownSeconds,
      long minimumLabels,
      long initialHistorySeconds,
      int persistence,
      int persistenceOf) {}

  String key() {
    return Topics.modelKey(organization, name);
  }
}
