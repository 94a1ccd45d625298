package dev.anneal.standalone.demo;

import dev.anneal.events.DriftReport;
import java.util.HashSet;
import java.util.Set;

/// Which drift is news: the first of several drifted days in a row, for each version and kind of
/// evidence. Of windows of days alone, which the policy counts; the week's window would say the
/// same again.
final class DriftNews {
  private static final String DAY = "P1D";

  private record Drifting(String model, String version, String evidence) {}

  private final Set<Drifting> drifting = new HashSet<>();

  /// Takes in a report.
  boolean isNews(String model, DriftReport report) {
    if (!report.getWindow().equals(DAY)) {
      return false;
    }
    var id = new Drifting(model, report.getVersion(), report.getEvidence());
    return switch (report.getVerdict()) {
      case DRIFT -> drifting.add(id);
      case STABLE -> {
        drifting.remove(id);
        yield false;
      }
      case INSUFFICIENT, SENSOR_FAULT, UNKNOWN -> false;
    };
  }
}
