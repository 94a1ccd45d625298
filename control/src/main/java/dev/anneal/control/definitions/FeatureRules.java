package dev.anneal.control.definitions;

import dev.anneal.control.definitions.ModelDefinition.Features;
import dev.anneal.features.FeatureDefinition;
import dev.anneal.features.FeatureSpecification;
import java.util.List;

/// What an organization's `schemaConfig` says to its models.
///
/// @param hasOutcomes whether failures are recorded
record FeatureRules(
    List<String> sensors,
    List<Integer> lagSeconds,
    List<String> rollingWindows,
    Features features,
    boolean hasOutcomes) {
  /// @throws IllegalArgumentException saying what is wrong with the features of these sensors
  FeatureSpecification specification(List<String> of) {
    return new FeatureDefinition(
            of,
            lagSeconds,
            features.deltaSeconds(),
            rollingWindows,
            features.statistics(),
            features.timeFeatures(),
            features.timeZone(),
            features.staleness(),
            features.graceSeconds(),
            features.aheadSeconds())
        .specification();
  }
}
