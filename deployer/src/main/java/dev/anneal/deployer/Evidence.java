package dev.anneal.deployer;

import org.jspecify.annotations.Nullable;

/// What was measured of a candidate.
///
/// @param champion scores of the version that serves, on the same rows; null: none serves
/// @param sizeBytes of the ONNX file
/// @param latencyMillis 99th percentile of scoring one row
/// @param parityDelta largest difference from the trained model's scores on the golden rows
public record Evidence(
    EvaluatedRows rows,
    Scored candidate,
    @Nullable Scored champion,
    long sizeBytes,
    double latencyMillis,
    double parityDelta) {}
