package dev.anneal.deployer;

import org.jspecify.annotations.Nullable;

/// What was measured of a candidate.
///
/// @param candidate scores of the rows by the model that was trained without them
/// @param served scores of the rows by the model that would serve, which was trained on them too
/// @param champion scores of the same rows by the version that serves, where it was not trained on
///     them either; null: none serves
/// @param sizeBytes of the ONNX file
/// @param latencyMillis 99th percentile of scoring one row
/// @param parityDelta largest difference from the trained model's scores on the golden rows
public record Evidence(
    EvaluatedRows rows,
    Scored candidate,
    Scored served,
    @Nullable Scored champion,
    long sizeBytes,
    double latencyMillis,
    double parityDelta) {}
