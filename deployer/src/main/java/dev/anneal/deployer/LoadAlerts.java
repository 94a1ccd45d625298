package dev.anneal.deployer;

import dev.anneal.events.Alert;
import dev.anneal.schemas.Micros;
import dev.anneal.schemas.ModelKey;
import dev.anneal.stage.Redaction;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.KafkaException;

/// MODEL_LOAD_FAILED: raised when a deployed version cannot be loaded, resolved when the deployed
/// version serves. Publishing never stops a swap: what could not be sent is sent with the next
/// [#flush].
final class LoadAlerts {
  private record Open(Alert alert, AlertState state) {}

  private static final Logger LOG = LoggerFactory.getLogger(LoadAlerts.class);

  private final Function<Alert, CompletableFuture<Void>> publisher;
  private final InstantSource clock;
  private final Map<ModelKey, Open> open = new ConcurrentHashMap<>();
  private final Set<ModelKey> unsent = ConcurrentHashMap.newKeySet();

  LoadAlerts(Function<Alert, CompletableFuture<Void>> publisher, InstantSource clock) {
    this.publisher = publisher;
    this.clock = clock;
  }

  /// A record of the alerts topic.
  void restore(Alert alert) {
    var model = alert.getModel();
    if (!alert.getKind().equals(AlertWire.MODEL_LOAD_FAILED) || model == null) {
      return;
    }
    var found = new Open(alert, AlertWire.alertState(alert));
    open.merge(
        new ModelKey(alert.getOrganization(), model),
        found,
        (known, next) -> known.state().merge(next.state()).equals(next.state()) ? next : known);
  }

  void raise(DeployedVersion deployment, String message) {
    String id = AlertWire.loadAlertId(deployment);
    Open known = open.get(deployment.key());
    if (known != null && known.state().isOpen() && known.state().alertId().equals(id)) {
      return;
    }
    var state = new AlertState(id, Micros.of(deployment.deployedAt()), null);
    String text =
        "%s: version %s is deployed but cannot be loaded, what served before goes on serving: %s"
            .formatted(deployment.key(), deployment.version().version(), message);
    change(deployment.key(), AlertWire.loadFailed(deployment.key(), state, text));
  }

  void resolve(ModelKey key) {
    Open known = open.get(key);
    if (known != null && known.state().isOpen()) {
      change(key, Alert.newBuilder(known.alert()).setResolvedAt(clock.instant()).build());
    }
  }

  /// Sends again what could not be sent.
  void flush() {
    unsent.forEach(this::send);
  }

  private void change(ModelKey key, Alert alert) {
    open.put(key, new Open(alert, AlertWire.alertState(alert)));
    send(key);
  }

  /// Sends the newest state, so that a late success never hides a newer one.
  private void send(ModelKey key) {
    Open newest = open.get(key);
    if (newest == null) {
      return;
    }
    unsent.remove(key);
    try {
      publisher
          .apply(newest.alert())
          .whenComplete(
              (_, failure) -> {
                if (failure != null) {
                  unsent.add(key);
                }
              });
    } catch (KafkaException | org.apache.kafka.common.KafkaException e) {
      LOG.warn("{}: an alert is sent later: {}", key, Redaction.of(e));
      unsent.add(key);
    }
  }
}
