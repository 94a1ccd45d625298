package dev.anneal.featurestream;

import dev.anneal.drift.DriftLimits;
import dev.anneal.drift.LossDetector;
import dev.anneal.drift.SensorLimits;

/// What is drift of a model, what is a sensor's fault, and what is watched besides.
///
/// @param estimates whether the performance is estimated without labels
record DriftRules(
    DriftLimits limits, SensorLimits sensors, LossDetector losses, boolean estimates) {}
