package dev.anneal.deployer;

import dev.anneal.events.Alert;
import dev.anneal.events.Severity;
import dev.anneal.schemas.EventIds;
import dev.anneal.schemas.Micros;
import dev.anneal.schemas.ModelKey;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/// Between the alerts topic's Avro and the deployer's own types.
final class AlertWire {
  static final String FAILURE_PREDICTED = "FAILURE_PREDICTED";
  static final String MODEL_LOAD_FAILED = "MODEL_LOAD_FAILED";
  static final String FEATURE_MISSING = "FEATURE_MISSING";
  static final String FEATURES_STALLED = "FEATURES_STALLED";

  private AlertWire() {}

  static Alert failurePredicted(
      ModelKey key, String asset, AlertState state, double score, double limit) {
    return alert(key, FAILURE_PREDICTED, state)
        .setAsset(asset)
        .setSeverity(Severity.CRITICAL)
        .setValue(score)
        .setMessage(
            "%s: %s of %s will fail with probability %.2f (alert at %.2f)"
                .formatted(key.model(), asset, key.organization(), score, limit))
        .build();
  }

  static Alert loadFailed(ModelKey key, AlertState state, String message) {
    return alert(key, MODEL_LOAD_FAILED, state)
        .setSeverity(Severity.CRITICAL)
        .setMessage(message)
        .build();
  }

  static Alert featureMissing(VersionRef version, String feature, String id, long atMicros) {
    return alert(version.key(), FEATURE_MISSING, new AlertState(id, atMicros, null))
        .setSeverity(Severity.WARNING)
        .setMessage(
            "%s: version %s reads %s, which the definition gives no more; it is scored as missing"
                .formatted(version.key(), version.version(), feature))
        .build();
  }

  /// By organization and place, so that two deployers that find it raise one alert.
  ///
  /// @param standing partitions of the organization, at least one
  static Alert featuresStalled(String organization, List<PartitionProgress> standing, Instant now) {
    var first = Collections.min(standing, Comparator.comparing(PartitionProgress::partition));
    long waiting = standing.stream().mapToLong(PartitionProgress::waiting).sum();
    return Alert.newBuilder()
        .setAlertId(
            EventIds.of(FEATURES_STALLED, organization, first.partition(), first.position()))
        .setOrganization(organization)
        .setKind(FEATURES_STALLED)
        .setSeverity(Severity.CRITICAL)
        .setValue((double) waiting)
        .setMessage(
            "features of %s stand still: %d rows wait, from %s@%d on. Is the feature stream running? "
                    .formatted(organization, waiting, first.partition(), first.position())
                + "Of one that was killed, see `In containers` in docs/variables.md")
        .setRaisedAt(now.truncatedTo(ChronoUnit.MICROS))
        .build();
  }

  static Alert resolved(Alert alert, long atMicros) {
    // what resolves it may be an older row than what raised it
    var at = Micros.toInstant(atMicros);
    return Alert.newBuilder(alert)
        .setResolvedAt(at.isAfter(alert.getRaisedAt()) ? at : alert.getRaisedAt())
        .build();
  }

  private static Alert.Builder alert(ModelKey key, String kind, AlertState state) {
    Long resolvedAt = state.resolvedAtMicros();
    return Alert.newBuilder()
        .setAlertId(state.alertId())
        .setOrganization(key.organization())
        .setModel(key.model())
        .setKind(kind)
        .setRaisedAt(Micros.toInstant(state.raisedAtMicros()))
        .setResolvedAt(resolvedAt == null ? null : Micros.toInstant(resolvedAt));
  }

  static String failureAlertId(ModelKey key, String asset, long eventTimeMicros) {
    return EventIds.of(FAILURE_PREDICTED, key, asset, eventTimeMicros);
  }

  static String loadAlertId(DeployedVersion deployment) {
    return EventIds.of(MODEL_LOAD_FAILED, deployment.deploymentId());
  }

  static String featureAlertId(VersionRef version, String feature) {
    return EventIds.of(FEATURE_MISSING, version.key(), version.version(), feature);
  }

  static AlertState alertState(Alert alert) {
    Instant resolvedAt = alert.getResolvedAt();
    return new AlertState(
        alert.getAlertId(),
        Micros.of(alert.getRaisedAt()),
        resolvedAt == null ? null : Micros.of(resolvedAt));
  }
}
