package dev.anneal.features;

/// Tells regimes apart by comparing single settings with thresholds. Nothing is computed that could
/// round, so whoever compares float32 values finds the same regime.
public sealed interface ThresholdTree {
  /// One regime; leaves are numbered from below to above.
  record Leaf(int regime) implements ThresholdTree {}

  /// @param column of the feature vector
  /// @param below for values < threshold
  /// @param above for all others
  record Split(int column, float threshold, ThresholdTree below, ThresholdTree above)
      implements ThresholdTree {}

  /// How many regimes there are.
  default int regimes() {
    return switch (this) {
      case Leaf _ -> 1;
      case Split split -> split.below().regimes() + split.above().regimes();
    };
  }

  /// The regime of the row that begins at `from`.
  default int regime(float[] features, int from) {
    return switch (this) {
      case Leaf leaf -> leaf.regime();
      case Split split ->
          (features[from + split.column()] < split.threshold() ? split.below() : split.above())
              .regime(features, from);
    };
  }
}
