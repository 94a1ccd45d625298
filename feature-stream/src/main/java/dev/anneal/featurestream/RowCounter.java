package dev.anneal.featurestream;

import dev.anneal.drift.Bins;
import dev.anneal.drift.FeatureProfile;
import dev.anneal.drift.SensorLimits;
import dev.anneal.drift.SensorMemory;
import dev.anneal.drift.SensorWatch;
import dev.anneal.drift.WindowCounts;
import java.util.Arrays;
import java.util.List;

/// How rows are counted against the reference of one deployed version. For one thread.
final class RowCounter {
  private final Deployed deployed;
  private final List<Bins> bins;
  private final int[] columns;
  private final float[] values;
  private final SensorWatch watch;

  /// @param features in the order of the vectors
  /// @param sensors in the order of the rows
  RowCounter(Deployed deployed, List<String> features, List<String> sensors, SensorLimits limits) {
    var profiles = deployed.reference().features();
    this.deployed = deployed;
    this.bins = profiles.stream().map(FeatureProfile::bins).toList();
    this.columns = profiles.stream().mapToInt(p -> features.indexOf(p.name())).toArray();
    this.values = new float[columns.length];
    this.watch = new SensorWatch(deployed.reference(), sensors, limits);
  }

  boolean isOf(Deployed now) {
    return deployed.deploymentId().equals(now.deploymentId());
  }

  /// Whether the version was trained on features which the model has no more.
  boolean lacksFeatures() {
    return Arrays.stream(columns).anyMatch(column -> column < 0);
  }

  /// Counts of a day without rows yet.
  DayTally empty() {
    return new DayTally(WindowCounts.empty(deployed.reference()), watch.empty());
  }

  void count(DayTally day, float[] vector) {
    for (int i = 0; i < columns.length; i++) {
      values[i] = vector[columns[i]];
    }
    day.features().add(bins, values);
  }

  void count(DayTally day, double[] row, boolean trusted, SensorMemory ofAsset) {
    watch.count(day.sensors(), row, trusted, ofAsset);
  }
}
