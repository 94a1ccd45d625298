/// Drift: what a model's features looked like in training, and whether they still do. Pure
/// functions and bounded state; no Kafka, no Spring, no clock. Definitions and defaults stand in
/// `docs/methods.md`.
///
/// In: [the training rows][dev.anneal.drift.TrainingRows], later [counts of a
/// window][dev.anneal.drift.WindowCounts]. Out: [a profile][dev.anneal.drift.ReferenceProfile], and
/// [a verdict with its statistics][dev.anneal.drift.DriftEvaluation].
@NullMarked
package dev.anneal.drift;

import org.jspecify.annotations.NullMarked;
