package dev.anneal.drift;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a model's features and scores looked like in training, frozen with the version: all that
/// drift statistics need of the training data.
///
/// @param fromMicros oldest event time of the rows, microseconds since 1970; 0 without rows
/// @param toMicros newest event time of the rows, likewise
/// @param features in the model's order
/// @param score of the model's scores, when known
/// @param label of the rows' labels, when known
/// @param estimator of the performance from scores, when one could be fitted
public record ReferenceProfile(
    long rows,
    long fromMicros,
    long toMicros,
    List<FeatureProfile> features,
    @Nullable FeatureProfile score,
    @Nullable FeatureProfile label,
    @Nullable PerformanceEstimator estimator) {
  /// The ways in which scores are counted.
  public static final List<String> COUNTED_SCORES = List.of("score", "estimated");

  public ReferenceProfile {
    features = List.copyOf(features);
  }

  /// @param names of the columns
  /// @param importances share of the total gain per column, zeros when unknown
  /// @param scores the model's score of every row, null when unknown
  /// @param labels of every row, null when unknown
  public static ReferenceProfile build(
      List<String> names,
      double[] importances,
      TrainingRows rows,
      float @Nullable [] scores,
      float @Nullable [] labels) {
    if (importances.length != names.size()) {
      throw new IllegalArgumentException(
          "expected %d importances, one per feature, found %d"
              .formatted(names.size(), importances.length));
    }
    long from = rows.size() == 0 ? 0 : Long.MAX_VALUE;
    long to = rows.size() == 0 ? 0 : Long.MIN_VALUE;
    for (int row = 0; row < rows.size(); row++) {
      from = Math.min(from, rows.eventTimeMicros(row));
      to = Math.max(to, rows.eventTimeMicros(row));
    }
    var features = new ArrayList<FeatureProfile>();
    var column = new double[rows.size()];
    for (int feature = 0; feature < names.size(); feature++) {
      for (int row = 0; row < column.length; row++) {
        column[row] = rows.value(row, feature);
      }
      features.add(FeatureProfile.of(names.get(feature), importances[feature], column, rows));
    }
    return new ReferenceProfile(
        rows.size(),
        from,
        to,
        features,
        scores == null ? null : output(COUNTED_SCORES.getFirst(), scores, rows),
        labels == null ? null : output("label", labels, rows),
        null);
  }

  /// With the profile of scores of these rows: held-out ones, since of the rows it was trained on a
  /// model is surer than it will be of any others.
  public ReferenceProfile withScores(float[] scores, TrainingRows ofRows) {
    return new ReferenceProfile(
        rows,
        fromMicros,
        toMicros,
        features,
        output(COUNTED_SCORES.getFirst(), scores, ofRows),
        label,
        estimator);
  }

  /// With an estimator fitted on such rows.
  public ReferenceProfile withEstimator(PerformanceEstimator fitted) {
    return new ReferenceProfile(rows, fromMicros, toMicros, features, score, label, fitted);
  }

  /// The score's profile as if it were the only feature; null for versions from before scores were
  /// profiled.
  public @Nullable ReferenceProfile ofScores() {
    return score == null ? null : withFeatures(List.of(score));
  }

  /// What [scores][#counted] are counted over, as if they were features named [#COUNTED_SCORES]: as
  /// they are compared and, where there is an estimator, over its bins; null like [#ofScores].
  public @Nullable ReferenceProfile ofCountedScores() {
    return score == null || estimator == null
        ? ofScores()
        : withFeatures(
            List.of(score, FeatureProfile.empty(COUNTED_SCORES.getLast(), estimator.bins())));
  }

  private ReferenceProfile withFeatures(List<FeatureProfile> others) {
    return new ReferenceProfile(rows, fromMicros, toMicros, others, null, null, null);
  }

  /// A score as it is counted.
  public static float[] counted(double score) {
    return new float[] {comparable(score), (float) score};
  }

  /// A score as it is profiled and compared, at three decimals: a tree model gives many rows one
  /// score, which has a bin of its own, and the runtime that serves differs from the one that
  /// trained in the last digits.
  static float comparable(double score) {
    return (float) (Math.rint(score * 1_000) / 1_000);
  }

  private static FeatureProfile output(String name, float[] values, TrainingRows rows) {
    var column = new double[rows.size()];
    for (int row = 0; row < column.length; row++) {
      column[row] = comparable(values[row]);
    }
    return FeatureProfile.of(name, 0, column, rows);
  }
}
