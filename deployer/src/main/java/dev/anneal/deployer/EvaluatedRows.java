package dev.anneal.deployer;

import dev.anneal.modelstore.EvaluationRows;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/// The rows on which versions are compared: what was true, of which asset, when.
public final class EvaluatedRows {
  private final float[] labels;
  private final List<String> assets;
  private final long[] eventTimesMicros;

  /// @param labels above ½: positive; not copied
  /// @param eventTimesMicros not copied
  public EvaluatedRows(float[] labels, List<String> assets, long[] eventTimesMicros) {
    this.labels = labels;
    this.assets = List.copyOf(assets);
    this.eventTimesMicros = eventTimesMicros;
  }

  /// The rows of a candidate's artifact.
  public static EvaluatedRows of(EvaluationRows rows) {
    return new EvaluatedRows(
        rows.labels(),
        IntStream.range(0, rows.count()).mapToObj(rows::asset).toList(),
        IntStream.range(0, rows.count()).mapToLong(rows::eventTimeMicros).toArray());
  }

  float[] labels() {
    return labels;
  }

  int count() {
    return labels.length;
  }

  boolean isSameAsset(int row, int other) {
    return assets.get(row).equals(assets.get(other));
  }

  /// Row numbers, each asset's rows together and in the order of time.
  IntStream byAssetAndTime() {
    return IntStream.range(0, count())
        .boxed()
        .sorted(
            Comparator.<Integer, String>comparing(assets::get)
                .thenComparing(row -> eventTimesMicros[row]))
        .mapToInt(Integer::intValue);
  }

  /// Event time that cuts these rows in two halves: the earlier one lies before it.
  long middleMicros(IntPredicate included) {
    long[] times =
        IntStream.range(0, count())
            .filter(included)
            .mapToLong(i -> eventTimesMicros[i])
            .sorted()
            .toArray();
    return times.length == 0 ? 0 : times[times.length / 2];
  }

  long eventTimeMicros(int row) {
    return eventTimesMicros[row];
  }
}
