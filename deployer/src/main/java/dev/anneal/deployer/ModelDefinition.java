package dev.anneal.deployer;

import dev.anneal.schemas.ModelKey;
import java.util.List;

/// What the deployer needs to know of a model's definition.
///
/// @param features the columns of its feature rows
/// @param failureProbability scores at or above it raise an alert
/// @param confidence a score p with max(p, 1 − p) below it is not relied on
record ModelDefinition(
    ModelKey key,
    List<String> features,
    double failureProbability,
    double confidence,
    GateLimits gate) {
  boolean isConfident(double score) {
    return Math.max(score, 1 - score) >= confidence;
  }
}
