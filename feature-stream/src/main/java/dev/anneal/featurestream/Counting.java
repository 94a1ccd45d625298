package dev.anneal.featurestream;

import java.util.List;
import java.util.Objects;

/// What a partition counts of a model's rows, and how far it has.
///
/// @param sensors that are counted; what is stored of others cannot be gone on with
/// @param closedThroughDay last day that was told
/// @param countedTo offset before which all rows are in the counts that are stored
record Counting(
    String deploymentId,
    long deployedAtMicros,
    List<String> sensors,
    long fromDay,
    long closedThroughDay,
    long countedTo) {
  Counting {
    sensors = Objects.requireNonNullElse(sensors, List.of()); // stored before they were known
  }

  Counting withCountedTo(long offset) {
    return new Counting(deploymentId, deployedAtMicros, sensors, fromDay, closedThroughDay, offset);
  }

  Counting withClosedThrough(long day) {
    return new Counting(deploymentId, deployedAtMicros, sensors, fromDay, day, countedTo);
  }

  boolean isOf(Deployed now, List<String> sensorsNow) {
    return deploymentId.equals(now.deploymentId()) && sensors.equals(sensorsNow);
  }
}
