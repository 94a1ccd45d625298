package dev.anneal.bench.retraining;

import dev.anneal.modelstore.EvaluationRows;
import dev.anneal.modelstore.OnnxModel;

/// A trained model, as the deployer would load it.
///
/// @param evaluation rows that it was judged on
record Version(String name, OnnxModel model, EvaluationRows evaluation) implements AutoCloseable {
  /// Of the probability. What the product warns at is chosen for rare failures; here accuracy is
  /// measured.
  static final double THRESHOLD = .5;

  boolean isRight(float[] row, float label) {
    return model.score(row) >= THRESHOLD == label > .5;
  }

  @Override
  public void close() {
    model.close();
  }
}
