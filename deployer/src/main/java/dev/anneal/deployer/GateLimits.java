package dev.anneal.deployer;

/// What a model's definition asks of every version.
public record GateLimits(
    double minAccuracy,
    double minPrecision,
    double minRecall,
    long maxSizeBytes,
    double maxLatencyMillis) {}
