package dev.anneal.trainer.xgboost;

import dev.anneal.drift.Bins;
import dev.anneal.drift.Extent;
import dev.anneal.drift.FeatureProfile;
import dev.anneal.drift.PerformanceEstimator;
import dev.anneal.drift.ReferenceProfile;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A reference profile as `reference_profile.json`.
///
/// @param estimator null in artifacts of before it was
public record ProfileJson(
    long rows,
    long fromMicros,
    long toMicros,
    List<Column> features,
    @Nullable Column score,
    @Nullable Column label,
    @Nullable PerformanceEstimator estimator) {
  public static final String FILE = "reference_profile.json";

  /// One feature, the score or the label.
  ///
  /// @param extent null in artifacts of before it was
  public record Column(
      String name,
      List<Double> edges,
      List<Long> counts,
      double mean,
      double standardDeviation,
      double tau,
      double importance,
      @Nullable Extent extent) {
    static Column of(FeatureProfile profile) {
      return new Column(
          profile.name(),
          profile.bins().edges(),
          profile.counts(),
          profile.mean(),
          profile.standardDeviation(),
          profile.tau(),
          profile.importance(),
          profile.extent());
    }

    FeatureProfile toProfile() {
      return new FeatureProfile(
          name,
          Bins.of(edges),
          counts,
          mean,
          standardDeviation,
          tau,
          importance,
          extent == null ? Extent.UNKNOWN : extent);
    }
  }

  static ProfileJson of(ReferenceProfile profile) {
    return new ProfileJson(
        profile.rows(),
        profile.fromMicros(),
        profile.toMicros(),
        profile.features().stream().map(Column::of).toList(),
        profile.score() == null ? null : Column.of(profile.score()),
        profile.label() == null ? null : Column.of(profile.label()),
        profile.estimator());
  }

  public static ReferenceProfile read(byte[] json) throws IOException {
    var read = TrainingTask.JSON.readValue(json, ProfileJson.class);
    return new ReferenceProfile(
        read.rows(),
        read.fromMicros(),
        read.toMicros(),
        read.features().stream().map(Column::toProfile).toList(),
        read.score() == null ? null : read.score().toProfile(),
        read.label() == null ? null : read.label().toProfile(),
        read.estimator());
  }
}
