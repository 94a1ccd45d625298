/// Learning, in a process of its own: [TrainingProcess] reads a task and a dataset from a
/// directory, trains with XGBoost, proves the ONNX model against it, and leaves the files of the
/// artifact there.
///
/// In: `task.json`, `rows.bin`, `features.bin`. Out: `out/` with the artifact's files, or
/// `failure.json`. Promise: the same task and dataset give the same bytes; nothing is left that
/// ONNX Runtime scores differently.
@NullMarked
package dev.anneal.trainer.xgboost;

import org.jspecify.annotations.NullMarked;
