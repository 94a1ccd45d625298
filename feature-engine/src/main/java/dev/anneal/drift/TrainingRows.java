package dev.anneal.drift;

/// The rows a model was trained on, wherever they lie.
public interface TrainingRows {
  int size();

  /// Which asset the row is of, 0 to the number of assets; rows of one asset come in the order of
  /// their event times, assets may alternate.
  int asset(int row);

  /// Microseconds since 1970.
  long eventTimeMicros(int row);

  /// NaN is missing.
  float value(int row, int column);
}
