package dev.anneal.trainer.xgboost;

import dev.anneal.modelstore.EvaluationRows;
import java.util.Arrays;
import java.util.stream.IntStream;

/// The validation rows that are kept with a version: all, or of too many a sample. Whether a row is
/// in it follows from a hash of its asset and event time, and not from its number: where assets
/// take turns, every n-th row is of some assets only, and of a row that two versions were judged on
/// both must have kept what they said of it (decision 007).
final class EvaluationSample {
  static final int MAX_ROWS = 50_000;

  private EvaluationSample() {}

  /// @param rows of the dataset, ascending
  /// @param scores one per row
  static EvaluationRows of(Dataset data, int[] rows, float[] scores) {
    int[] kept = kept(data, rows, MAX_ROWS);
    int[] keptRows = Arrays.stream(kept).map(i -> rows[i]).toArray();
    var keptScores = new float[kept.length];
    for (int i = 0; i < kept.length; i++) {
      keptScores[i] = scores[kept[i]];
    }
    return new EvaluationRows(
        data.width(),
        data.features(keptRows),
        data.labels(keptRows),
        keptScores,
        Arrays.stream(keptRows).mapToObj(data::assetName).toList(),
        Arrays.stream(keptRows).mapToLong(data::eventTimeMicros).toArray());
  }

  /// The rows with the lowest hashes, and the newest, which tells since when rows are new to the
  /// version.
  ///
  /// @param rows ascending
  /// @return numbers within `rows`, ascending
  static int[] kept(Dataset data, int[] rows, int most) {
    if (rows.length <= most) {
      return IntStream.range(0, rows.length).toArray();
    }
    long[] hashes =
        Arrays.stream(rows)
            .mapToLong(row -> hash(data.assetName(row), data.eventTimeMicros(row)))
            .toArray();
    long limit = Arrays.stream(hashes).sorted().skip(most - 1).findFirst().orElseThrow();
    int newest = rows.length - 1;
    return IntStream.rangeClosed(0, newest).filter(i -> hashes[i] < limit || i == newest).toArray();
  }

  /// Stafford's variant 13 of MurmurHash3's finalizer.
  private static long hash(String asset, long eventTimeMicros) {
    long mixed = eventTimeMicros + asset.hashCode() * 0x9E3779B97F4A7C15L;
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }
}
