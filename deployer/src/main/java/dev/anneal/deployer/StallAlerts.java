package dev.anneal.deployer;

import static java.util.stream.Collectors.groupingBy;

import dev.anneal.deployer.StandingPartitions.Motion;
import dev.anneal.events.Alert;
import dev.anneal.schemas.Micros;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// FEATURES_STALLED: telemetry of an organization waits, or its features do, and nothing moves on.
/// One alert for each organization, resolved when all of its partitions move on or have no row that
/// waits, so not by an instance that has only just begun to look. Safe for use by many threads.
final class StallAlerts {
  private final Map<String, Alert> open = new HashMap<>();

  /// A record of the alerts topic, of this instance or another.
  synchronized void restore(Alert alert) {
    if (alert.getKind().equals(AlertWire.FEATURES_STALLED)) {
      if (alert.getResolvedAt() == null) {
        open.put(alert.getOrganization(), alert);
      } else {
        open.remove(alert.getOrganization());
      }
    }
  }

  /// @param motions of all partitions
  /// @return what has to be published, and restored once it is
  synchronized List<Alert> look(Map<PartitionProgress, Motion> motions, Instant now) {
    var changes = new ArrayList<Alert>();
    with(motions, motion -> motion == Motion.STANDS)
        .forEach(
            (organization, standing) -> {
              if (!open.containsKey(organization)) {
                changes.add(AlertWire.featuresStalled(organization, standing, now));
              }
            });
    var notMoving = with(motions, motion -> motion != Motion.MOVES).keySet();
    open.forEach(
        (organization, alert) -> {
          if (!notMoving.contains(organization)) {
            changes.add(AlertWire.resolved(alert, Micros.of(now)));
          }
        });
    return changes;
  }

  /// By organization.
  private static Map<String, List<PartitionProgress>> with(
      Map<PartitionProgress, Motion> motions, Predicate<Motion> wanted) {
    return motions.entrySet().stream()
        .filter(e -> wanted.test(e.getValue()))
        .map(Map.Entry::getKey)
        .collect(groupingBy(PartitionProgress::organization));
  }
}
