package dev.anneal.trainer.xgboost;

import dev.anneal.drift.Bins;
import dev.anneal.drift.FeatureProfile;
import dev.anneal.drift.ReferenceProfile;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A reference profile as `reference_profile.json`.
public record ProfileJson(
    long rows, long fromMicros, long toMicros, List<Column> features, @Nullable Column score) {
  public static final String FILE = "reference_profile.json";

  /// One feature, or the score.
  public record Column(
      String name,
      List<Double> edges,
      List<Long> counts,
      double mean,
      double standardDeviation,
      double tau,
      double importance) {
    static Column of(FeatureProfile profile) {
      return new Column(
          profile.name(),
          profile.bins().edges(),
          profile.counts(),
          profile.mean(),
          profile.standardDeviation(),
          profile.tau(),
          profile.importance());
    }

    FeatureProfile toProfile() {
      return new FeatureProfile(
          name, Bins.of(edges), counts, mean, standardDeviation, tau, importance);
    }
  }

  static ProfileJson of(ReferenceProfile profile) {
    return new ProfileJson(
        profile.rows(),
        profile.fromMicros(),
        profile.toMicros(),
        profile.features().stream().map(Column::of).toList(),
        profile.score() == null ? null : Column.of(profile.score()));
  }

  public static ReferenceProfile read(byte[] json) throws IOException {
    var read = TrainingTask.JSON.readValue(json, ProfileJson.class);
    return new ReferenceProfile(
        read.rows(),
        read.fromMicros(),
        read.toMicros(),
        read.features().stream().map(Column::toProfile).toList(),
        read.score() == null ? null : read.score().toProfile());
  }
}
