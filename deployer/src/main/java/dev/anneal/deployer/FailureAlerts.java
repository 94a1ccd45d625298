package dev.anneal.deployer;

import dev.anneal.deployer.FailureWatch.Asset;
import dev.anneal.events.Alert;
import dev.anneal.schemas.ModelKey;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// FAILURE_PREDICTED, one at a time for each asset and model. What was raised and resolved before
/// is restored from the alerts topic, also when another instance did it.
final class FailureAlerts {
  private record Id(ModelKey key, String asset) {}

  private final FailureWatch watch;
  private final Map<Id, AlertState> latest =
      new ConcurrentHashMap<>(); // tables write, the scorer reads and writes
  private final Map<Id, Asset> assets = new ConcurrentHashMap<>();

  FailureAlerts(FailureWatch watch) {
    this.watch = watch;
  }

  /// A record of the alerts topic.
  void restore(Alert alert) {
    String model = alert.getModel();
    String asset = alert.getAsset();
    if (alert.getKind().equals(AlertWire.FAILURE_PREDICTED) && model != null && asset != null) {
      var id = new Id(new ModelKey(alert.getOrganization(), model), asset);
      latest.merge(id, AlertWire.alertState(alert), AlertState::merge);
    }
  }

  /// Looks at a prediction; one that is not relied on neither raises nor resolves. Called in the
  /// order of the asset's rows.
  ///
  /// @return what has to be published
  Optional<Alert> look(
      ModelDefinition definition, String asset, long eventTimeMicros, double score) {
    if (!definition.isConfident(score)) {
      return Optional.empty();
    }
    var id = new Id(definition.key(), asset);
    double limit = definition.failureProbability();
    AlertState before = latest.get(id);
    Asset seen = assets.getOrDefault(id, Asset.NEW).with(before);
    var change = watch.decide(seen, eventTimeMicros, score, limit);
    AlertState after = after(change, id, before, eventTimeMicros);
    assets.put(id, watch.next(seen, after, eventTimeMicros, score, limit));
    if (change == FailureWatch.Change.NONE || after == null) {
      return Optional.empty();
    }
    latest.merge(id, after, AlertState::merge);
    return Optional.of(AlertWire.failurePredicted(definition.key(), asset, after, score, limit));
  }

  private static @Nullable AlertState after(
      FailureWatch.Change change, Id id, @Nullable AlertState before, long eventTimeMicros) {
    return switch (change) {
      case NONE -> before;
      case RAISE ->
          new AlertState(
              AlertWire.failureAlertId(id.key(), id.asset(), eventTimeMicros),
              eventTimeMicros,
              null);
      case RESOLVE ->
          before == null
              ? null
              : new AlertState(before.alertId(), before.raisedAtMicros(), eventTimeMicros);
    };
  }
}
