package dev.anneal.featurestream;

import dev.anneal.drift.SensorFault;
import dev.anneal.policy.DriftReport;
import dev.anneal.schemas.EventIds;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The sensors of a model that are at fault, each with its alert: raised once, and resolved by the
/// first window in which the sensor has another fault or none.
///
/// @param open by sensor
record SensorAlerts(SortedMap<String, Open> open) {
  static final SensorAlerts NONE = new SensorAlerts(new TreeMap<>());

  /// @param raisedMicros event time
  record Open(String alertId, String kind, String message, long raisedMicros) {}

  /// @param resolvedMicros event time, null while it is at fault
  record Change(Open alert, @Nullable Long resolvedMicros) {}

  /// What a window changed.
  record Heard(SensorAlerts alerts, List<Change> changes) {}

  /// @param report of a short window of features
  Heard after(Model model, DriftReport report) {
    var now = new TreeMap<String, Open>();
    var changes = new ArrayList<Change>();
    for (var fault : report.evaluation().faults()) {
      var known = open.get(fault.sensor());
      var alert =
          known != null && known.kind().equals(fault.kind().name())
              ? known
              : raised(model, fault, report.endMicros());
      now.put(fault.sensor(), alert);
      if (!alert.equals(known)) {
        changes.add(new Change(alert, null));
      }
    }
    open.forEach(
        (sensor, alert) -> {
          var after = now.get(sensor);
          if (after == null || !after.alertId().equals(alert.alertId())) {
            changes.addFirst(new Change(alert, report.endMicros()));
          }
        });
    return new Heard(new SensorAlerts(now), changes);
  }

  /// All alerts resolved: the model is gone.
  List<Change> resolved(long atMicros) {
    return open.values().stream().map(alert -> new Change(alert, atMicros)).toList();
  }

  private static Open raised(Model model, SensorFault fault, long atMicros) {
    String kind = fault.kind().name();
    String id = EventIds.of("sensor-fault", model.key(), fault.sensor(), kind, atMicros);
    String message = "sensor %s: %s, %s".formatted(fault.sensor(), kind, fault.evidence());
    return new Open(id, kind, message, atMicros);
  }
}
