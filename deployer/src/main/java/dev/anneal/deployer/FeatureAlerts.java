package dev.anneal.deployer;

import dev.anneal.events.Alert;
import dev.anneal.schemas.ModelKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// FEATURE_MISSING: the definition gives a feature no more that the version which serves reads, so
/// that it is scored as missing. One alert for each version and feature, resolved when the
/// definition gives it again or another version serves. Safe for use by many threads.
final class FeatureAlerts {
  private record Looked(String version, List<String> features) {}

  private final Map<ModelKey, Looked> looked = new HashMap<>();
  private final Map<ModelKey, Map<String, Alert>> open = new HashMap<>();

  /// A record of the alerts topic.
  synchronized void restore(Alert alert) {
    String model = alert.getModel();
    if (!alert.getKind().equals(AlertWire.FEATURE_MISSING) || model == null) {
      return;
    }
    var ofModel = open(new ModelKey(alert.getOrganization(), model));
    if (alert.getResolvedAt() == null) {
      ofModel.put(alert.getAlertId(), alert);
    } else {
      ofModel.remove(alert.getAlertId());
    }
  }

  /// @param version the one that serves
  /// @param eventTimeMicros of the row that is about to be scored
  /// @return what has to be published
  synchronized List<Alert> look(
      ModelDefinition definition, VersionRef version, long eventTimeMicros) {
    var now = new Looked(version.version(), definition.features());
    if (now.equals(looked.put(version.key(), now))) {
      return List.of();
    }
    var missing = missing(definition, version);
    var changes = new ArrayList<Alert>();
    var ofModel = open(version.key());
    for (var alert : List.copyOf(ofModel.values())) {
      if (!missing.containsKey(alert.getAlertId())) {
        ofModel.remove(alert.getAlertId());
        changes.add(AlertWire.resolved(alert, eventTimeMicros));
      }
    }
    missing.forEach(
        (id, feature) -> {
          if (!ofModel.containsKey(id)) {
            var alert = AlertWire.featureMissing(version, feature, id, eventTimeMicros);
            ofModel.put(id, alert);
            changes.add(alert);
          }
        });
    return changes;
  }

  /// The features by the ids of their alerts.
  private static Map<String, String> missing(ModelDefinition definition, VersionRef version) {
    var given = Set.copyOf(definition.features());
    var missing = new LinkedHashMap<String, String>();
    version.features().stream()
        .filter(feature -> !given.contains(feature))
        .forEach(feature -> missing.put(AlertWire.featureAlertId(version, feature), feature));
    return missing;
  }

  private Map<String, Alert> open(ModelKey key) {
    return open.computeIfAbsent(key, _ -> new HashMap<>());
  }
}
