package dev.anneal.features;

import java.util.List;

/// Where in the vector a window's statistics go: those of one sensor in the specification's order,
/// the next sensor's `stride` further on.
///
/// @param stride features of one sensor
record FeatureTargets(int sensors, int stride, List<Statistic> statistics) {
  /// Where the statistic is among those of its window, −1 where it is not asked for.
  int of(Statistic statistic) {
    return statistics.indexOf(statistic);
  }

  boolean hasAny(Statistic... asked) {
    return List.of(asked).stream().anyMatch(statistics::contains);
  }
}
