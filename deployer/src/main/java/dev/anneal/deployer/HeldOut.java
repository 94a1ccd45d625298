package dev.anneal.deployer;

import dev.anneal.modelstore.EvaluationRows;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/// Scores of rows that a version was not trained on (decision 007).
public final class HeldOut {
  private HeldOut() {}

  private record Row(String asset, long eventTimeMicros) {}

  /// What a version says of another one's evaluation rows without having seen them: of those that
  /// were held out from it as well, what its own evaluation rows say; of newer ones, what it says
  /// now; of others, on which it was trained, nothing (NaN).
  ///
  /// @param served the version's scores of the rows now
  /// @param own the version's evaluation rows; the newest of them is the newest it was trained on
  public static float[] scores(EvaluationRows rows, float[] served, EvaluationRows own) {
    var known = new HashMap<Row, Float>();
    for (int row = 0; row < own.count(); row++) {
      known.put(new Row(own.asset(row), own.eventTimeMicros(row)), own.scores()[row]);
    }
    return scores(rows, served, own, known);
  }

  /// The same of a version that lacks a column by now: it is another model than the one whose
  /// scores were kept, so only newer rows count.
  static float[] newer(EvaluationRows rows, float[] served, EvaluationRows own) {
    return scores(rows, served, own, Map.of());
  }

  private static float[] scores(
      EvaluationRows rows, float[] served, EvaluationRows own, Map<Row, Float> known) {
    long newest =
        IntStream.range(0, own.count())
            .mapToLong(own::eventTimeMicros)
            .max()
            .orElse(Long.MIN_VALUE);
    var scores = new float[rows.count()];
    for (int row = 0; row < scores.length; row++) {
      var key = new Row(rows.asset(row), rows.eventTimeMicros(row));
      boolean isNew = key.eventTimeMicros() > newest;
      scores[row] = isNew ? served[row] : known.getOrDefault(key, Float.NaN);
    }
    return scores;
  }
}
