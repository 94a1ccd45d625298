package dev.anneal.trainer.xgboost;

import dev.anneal.drift.FeatureSketch;
import dev.anneal.drift.TrainingRows;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// The newest of the rows a model was trained on: what its reference profile is made of.
final class Reference implements TrainingRows {
  static final String SKETCHES = "reference_sketches.json";
  static final int MAX_ROWS = 200_000;

  private final Dataset data;
  private final int[] rows;

  /// @param trained rows of the data in the order of their event times
  Reference(Dataset data, int[] trained) {
    this.data = data;
    this.rows = Arrays.copyOfRange(trained, Math.max(0, trained.length - MAX_ROWS), trained.length);
  }

  /// @param names of the columns
  List<FeatureSketch> sketches(List<String> names) {
    return IntStream.range(0, names.size())
        .mapToObj(column -> FeatureSketch.of(names.get(column), column, this))
        .toList();
  }

  float[] features() {
    return data.features(rows);
  }

  float[] labels() {
    return data.labels(rows);
  }

  @Override
  public int size() {
    return rows.length;
  }

  @Override
  public int asset(int row) {
    return data.asset(rows[row]);
  }

  @Override
  public long eventTimeMicros(int row) {
    return data.eventTimeMicros(rows[row]);
  }

  @Override
  public float value(int row, int column) {
    return data.value(rows[row], column);
  }
}
