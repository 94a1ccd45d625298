package dev.anneal.trainer.xgboost;

import dev.anneal.features.Regimes;
import dev.anneal.modelstore.ModelCard;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// What a booster sees of rows: their features relative to the operating regimes of the rows it is
/// trained on where the model's definition asks for that, and as they are where it does not.
final class RegimeScaling {
  static final String NO_REGIMES = "no-regimes";
  static final RegimeScaling NONE = new RegimeScaling(List.of(), null);

  private final List<String> settings;
  private final @Nullable Regimes regimes;

  private RegimeScaling(List<String> settings, @Nullable Regimes regimes) {
    this.settings = settings;
    this.regimes = regimes;
  }

  /// @param rows the booster is trained on, row-major
  /// @throws TrainingFailure `no-regimes` when they show none
  static RegimeScaling learn(TrainingTask task, float[] rows) {
    var wanted = task.regimes();
    if (wanted == null) {
      return NONE;
    }
    try {
      return new RegimeScaling(
          wanted.settings(),
          Regimes.learn(task.featureNames(), wanted.settings(), wanted.count(), rows, task.seed()));
    } catch (IllegalArgumentException e) {
      throw new TrainingFailure(
          NO_REGIMES,
          "no operating regimes can be told apart by %s: %s"
              .formatted(wanted.settings(), e.getMessage()),
          e);
    }
  }

  /// The rows themselves, changed in place.
  float[] scaled(float[] rows) {
    if (regimes != null) {
      regimes.scale(rows);
    }
    return rows;
  }

  /// What the row's feature must be for the booster to see the threshold, or the next above it.
  float valueAt(float threshold, float[] row, int column) {
    return regimes == null ? threshold : regimes.valueOf(threshold, regimes.regime(row, 0), column);
  }

  Optional<Regimes> regimes() {
    return Optional.ofNullable(regimes);
  }

  /// Null: none.
  ModelCard.@Nullable Regimes card() {
    return regimes == null
        ? null
        : new ModelCard.Regimes(
            settings,
            IntStream.range(0, regimes.count())
                .mapToObj(i -> new ModelCard.Regime(regimes.center(i), regimes.rows(i)))
                .toList(),
            regimes.rows(regimes.count()));
  }
}
