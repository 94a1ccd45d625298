package dev.anneal.trainer.xgboost;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// Which rows a model learns from and which it is judged on. Validation is the newest block of
/// event time; between it and the training rows lies an embargo, so that no training label looks
/// into the block.
///
/// After a change in the process the block lies after the change, and there are two candidates to
/// train: the rows since the change, and all.
///
/// @param candidates at least one
/// @param validation rows of the dataset, ascending
/// @param embargoMicros the horizon, or less where the data are too short for it
/// @param countsEarly whether failures within an unfinished horizon count, see
///     [Label#EARLY_POSITIVE]
record Split(
    List<Candidate> candidates,
    int[] validation,
    long validationFromMicros,
    long embargoMicros,
    boolean countsEarly) {

  /// Rows to train one model on.
  ///
  /// @param name `all` or `since-change`
  /// @param rows of the dataset, ascending: to learn from while the validation rows are held out
  /// @param refit these, those within the embargo and the validation rows: to learn from at last
  record Candidate(String name, int[] rows, int[] refit) {}

  /// What is asked for.
  ///
  /// @param changeMicros event time since when the process is another one; null: no change
  /// @param includesBefore whether rows before the change may be trained on
  record Range(@Nullable Long changeMicros, @Nullable Long toMicros, boolean includesBefore) {
    boolean isSince(long timeMicros) {
      return changeMicros == null || timeMicros >= changeMicros;
    }

    boolean isBefore(long timeMicros) {
      return toMicros == null || timeMicros < toMicros;
    }
  }

  private static final double[] VALIDATION_SHARES = {
    .2, .3, .4, .5
  }; // of event time; more where positives are rare
  private static final double[] VALIDATION_SHARES_SINCE_CHANGE = {.3, .4, .5}; // of the rows since
  private static final long[] EMBARGO_DIVISORS = {1, 2, 4};

  /// @throws TrainingFailure `insufficient-labels` when no split leaves enough on both sides
  static Split plan(Dataset data, long horizonMicros, Range range, TrainingTask.Minimums minimums) {
    for (long embargo : embargoes(horizonMicros)) {
      for (boolean early : new boolean[] {false, true}) {
        var split = plan(data, new Choice(embargo, early), range, minimums);
        if (split != null) {
          return split;
        }
      }
    }
    throw insufficient(data, range, minimums);
  }

  private static long[] embargoes(long horizonMicros) {
    var shrinking = Arrays.stream(EMBARGO_DIVISORS).map(d -> horizonMicros / d);
    return LongStream.concat(shrinking, LongStream.of(0)).toArray();
  }

  private record Choice(long embargoMicros, boolean countsEarly) {}

  private static @Nullable Split plan(
      Dataset data, Choice choice, Range range, TrainingTask.Minimums minimums) {
    int[] usable = data.rows(isUsable(data, choice.countsEarly(), range));
    int[] since = filter(usable, row -> range.isSince(data.eventTimeMicros(row)));
    if (since.length == 0) {
      return null;
    }
    double[] shares =
        range.changeMicros() == null ? VALIDATION_SHARES : VALIDATION_SHARES_SINCE_CHANGE;
    for (double share : shares) {
      long from =
          range.changeMicros() == null ? byTime(data, since, share) : byRows(data, since, share);
      int[] validation = filter(since, row -> data.eventTimeMicros(row) >= from);
      var candidates = candidates(data, usable, from - choice.embargoMicros(), range, minimums);
      boolean enough =
          hasEnough(data, validation, minimums.validationRows(), minimums.validationPositives());
      if (enough && !candidates.isEmpty()) {
        return new Split(
            candidates, validation, from, choice.embargoMicros(), choice.countsEarly());
      }
    }
    return null;
  }

  private static IntPredicate isUsable(Dataset data, boolean countsEarly, Range range) {
    return row ->
        range.isBefore(data.eventTimeMicros(row))
            && switch (data.label(row)) {
              case NEGATIVE, POSITIVE -> true;
              case EARLY_POSITIVE -> countsEarly;
              case UNKNOWN -> false;
            };
  }

  private static long byTime(Dataset data, int[] rows, double share) {
    long from = data.eventTimeMicros(rows[0]);
    long to = data.eventTimeMicros(rows[rows.length - 1]);
    return from + Math.round((to - from) * (1 - share));
  }

  private static long byRows(Dataset data, int[] rows, double share) {
    return data.eventTimeMicros(rows[(int) Math.floor((rows.length - 1) * (1 - share))]);
  }

  private static List<Candidate> candidates(
      Dataset data, int[] usable, long untilMicros, Range range, TrainingTask.Minimums minimums) {
    int[] since = filter(usable, row -> range.isSince(data.eventTimeMicros(row)));
    var candidates = new ArrayList<Candidate>();
    if (range.changeMicros() != null) {
      candidates.add(candidate("since-change", data, since, untilMicros));
    }
    if (range.changeMicros() == null || (range.includesBefore() && usable.length > since.length)) {
      candidates.add(candidate("all", data, usable, untilMicros));
    }
    candidates.removeIf(
        c -> !hasEnough(data, c.rows(), minimums.trainingRows(), minimums.trainingPositives()));
    return candidates;
  }

  private static Candidate candidate(String name, Dataset data, int[] rows, long untilMicros) {
    return new Candidate(name, filter(rows, r -> data.eventTimeMicros(r) < untilMicros), rows);
  }

  private static boolean hasEnough(
      Dataset data, int[] rows, int minimumRows, int minimumPositives) {
    long positives = Arrays.stream(rows).filter(data::isPositive).count();
    return rows.length >= minimumRows
        && positives >= minimumPositives
        && rows.length - positives >= minimumPositives;
  }

  private static int[] filter(int[] rows, IntPredicate filter) {
    return Arrays.stream(rows).filter(filter).toArray();
  }

  private static TrainingFailure insufficient(
      Dataset data, Range range, TrainingTask.Minimums minimums) {
    int[] usable = data.rows(isUsable(data, true, range));
    int[] since = filter(usable, row -> range.isSince(data.eventTimeMicros(row)));
    return new TrainingFailure(
        "insufficient-labels",
        ("no split into training and validation has enough labels: of %d rows %d have a known label (%d failures), "
                + "%d of them in the requested range (%d failures); needed are %d training rows with %d failures and "
                + "%d validation rows with %d, at least one horizon apart")
            .formatted(
                data.count(),
                usable.length,
                Arrays.stream(usable).filter(data::isPositive).count(),
                since.length,
                Arrays.stream(since).filter(data::isPositive).count(),
                minimums.trainingRows(),
                minimums.trainingPositives(),
                minimums.validationRows(),
                minimums.validationPositives()));
  }
}
