package dev.anneal.system.chaos;

import java.util.ArrayList;
import java.util.List;

/// What the checker counted.
///
/// @param rows acknowledged by the source
/// @param rowsLost acknowledged, or found in the source's table, and not in the telemetry
/// @param telemetryDuplicates allowed: telemetry is delivered at least once
/// @param featureRows of different asset or event time
/// @param featuresMissing telemetry rows without a feature row
/// @param featuresDoubled feature rows that repeat asset and event time of another
/// @param requests acknowledged by Kafka, or found on the topic
/// @param requestsLost acknowledged and not on the topic
/// @param requestsWithoutEnd and those with more than one
/// @param deployments of all models
/// @param openRuns neither ended nor queued again by anybody
/// @param unsentEvents left in the outbox
record Figures(
    long rows,
    long rowsLost,
    long telemetryDuplicates,
    long featureRows,
    long featuresMissing,
    long featuresDoubled,
    long requests,
    long requestsLost,
    long requestsWithoutEnd,
    long requestsWithManyEnds,
    long deployments,
    long openRuns,
    long unsentEvents) {
  static final Figures NONE = new Figures(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  /// A line for each figure that has to be 0 and is not.
  List<String> violations() {
    var broken = new ArrayList<String>();
    add(broken, "rows lost", rowsLost);
    add(broken, "rows without features", featuresMissing);
    add(broken, "feature rows doubled", featuresDoubled);
    add(broken, "requests lost", requestsLost);
    add(broken, "requests without an end", requestsWithoutEnd);
    add(broken, "requests with many ends", requestsWithManyEnds);
    add(broken, "runs open", openRuns);
    add(broken, "events unsent", unsentEvents);
    return broken;
  }

  private static void add(List<String> broken, String what, long count) {
    if (count > 0) {
      broken.add(what + ": " + count);
    }
  }

  /// Whether nothing is on its way any more.
  boolean isSettled() {
    return rowsLost == 0
        && featuresMissing == 0
        && requestsWithoutEnd == 0
        && openRuns == 0
        && unsentEvents == 0;
  }
}
