package dev.anneal.control.definitions;

import java.util.List;

/// What an organization's `schemaConfig` says to its models.
///
/// @param hasOutcomes whether failures are recorded
record FeatureRules(
    List<String> sensors,
    List<Integer> lagSeconds,
    List<String> rollingWindows,
    boolean hasOutcomes) {
  static FeatureRules of(OrganizationReader.Read read) {
    var definition = read.definition();
    return new FeatureRules(
        definition.sensorNames(),
        read.lagSeconds(),
        read.rollingWindows(),
        definition.outcomes() != null);
  }
}
