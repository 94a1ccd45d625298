/// What a trained model is on disk and how it scores: the artifact of a version (files under a
/// manifest of digests, written once), the model card, the rows that gates score again, and the
/// ONNX model behind a guard.
///
/// In: the files of a training run. Out: the same bytes, proven by their digests, and scores.
/// Promise: nothing is read that its digest does not vouch for, and ONNX Runtime never sees a graph
/// that [OnnxGuard] has not passed.
@NullMarked
package dev.anneal.modelstore;

import org.jspecify.annotations.NullMarked;
