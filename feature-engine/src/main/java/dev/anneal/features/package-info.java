/// The feature engine: telemetry rows in, feature vectors out. Pure functions and bounded state; no
/// Kafka, no Spring, no clock. The stream and the trainer run the same code over the same rows, so
/// training and serving get the same bits.
///
/// In: [rows of one asset][dev.anneal.features.AssetFeatures]. Out: vectors in the order of a
/// [specification][dev.anneal.features.FeatureSpecification].
@NullMarked
package dev.anneal.features;

import org.jspecify.annotations.NullMarked;
