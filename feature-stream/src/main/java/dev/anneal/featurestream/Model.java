package dev.anneal.featurestream;

import dev.anneal.features.FeatureSpecification;
import dev.anneal.policy.RetrainingSettings;
import dev.anneal.schemas.ModelKey;

/// A model of an organization as far as features and retraining need it.
///
/// @param failureWithinSeconds a row's label is known this long after the row; 0 where it is known
///     at once
record Model(
    String organization,
    String name,
    FeatureSpecification specification,
    long failureWithinSeconds,
    RetrainingSettings retraining,
    DriftRules rules) {

  String key() {
    return new ModelKey(organization, name).toString();
  }
}
