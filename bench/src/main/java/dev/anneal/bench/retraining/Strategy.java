package dev.anneal.bench.retraining;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// When to train again.
interface Strategy {
  /// A row's label is known.
  ///
  /// @param row the next one
  /// @param isRight whether the version that serves had it right
  /// @return another version to serve from now on, null: none
  @Nullable Version learn(int row, boolean isRight) throws IOException;

  /// The first model stays.
  static Strategy never() {
    return (_, _) -> null;
  }

  /// All rows, every so many.
  static Strategy every(int rows, Trainer trainer) {
    return (row, _) -> row % rows == 0 ? trainer.train(row, null) : null;
  }

  /// The newest rows, every so many.
  static Strategy every(int rows, int newest, LabelledStream stream, Trainer trainer) {
    return (row, _) ->
        row % rows == 0
            ? trainer.train(row, stream.timeMicros(Math.max(0, row - newest)), false)
            : null;
  }
}
