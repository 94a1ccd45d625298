package dev.anneal.featurestream;

import dev.anneal.features.FeatureSpecification;
import dev.anneal.features.RowLimits;
import java.util.List;

/// How far back features look in an asset's rows: at the newest `rows` whatever their age, and at
/// all of the last `seconds` of event time.
record History(int rows, long seconds) {
  /// What all of these need.
  static History of(List<FeatureSpecification> specifications) {
    int rows = 1;
    long seconds = specifications.isEmpty() ? RowLimits.DEFAULT.graceSeconds() : 0;
    for (var specification : specifications) {
      rows = Math.max(rows, specification.historyRows());
      seconds = Math.max(seconds, specification.retentionSeconds());
    }
    return new History(rows, seconds);
  }

  boolean covers(History other) {
    return rows >= other.rows && seconds >= other.seconds;
  }
}
