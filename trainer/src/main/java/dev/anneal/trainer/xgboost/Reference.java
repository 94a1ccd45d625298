package dev.anneal.trainer.xgboost;

import dev.anneal.drift.FeatureSketch;
import dev.anneal.drift.TrainingRows;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// The newest of a model's rows: what a reference profile is made of.
final class Reference implements TrainingRows {
  static final String SKETCHES = "reference_sketches.json";
  static final int MAX_ROWS = 200_000;

  private final Dataset data;
  private final int[] rows;

  /// @param all rows in the order of their event times
  Reference(Dataset data, int[] all) {
    this.data = data;
    this.rows = Arrays.copyOfRange(all, Math.max(0, all.length - MAX_ROWS), all.length);
  }

  /// @param names of the columns
  List<FeatureSketch> sketches(List<String> names) {
    return IntStream.range(0, names.size())
        .mapToObj(column -> FeatureSketch.of(names.get(column), column, this))
        .toList();
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
