package dev.anneal.deployer;

/// What the deployer needs to know of a model's definition.
///
/// @param failureProbability scores at or above it raise an alert
record ModelDefinition(ModelKey key, double failureProbability, GateLimits gate) {}
