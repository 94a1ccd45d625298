package dev.anneal.deployer;

import dev.anneal.schemas.ModelKey;

/// What the deployer needs to know of a model's definition.
///
/// @param failureProbability scores at or above it raise an alert
record ModelDefinition(ModelKey key, double failureProbability, GateLimits gate) {}
