package dev.anneal.deployer;

import dev.anneal.events.Deployment;
import dev.anneal.modelstore.ProcessEndingException;
import dev.anneal.schemas.ModelKey;
import dev.anneal.schemas.Topics;
import dev.anneal.stage.RejectedRecord;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries out what `anneal.deployments` says. While the topic is read for the first time the
/// records are only noted; [#open] then loads the newest version of each model and the one before
/// it. From there on each record is a swap. A version that cannot be loaded raises an alert and is
/// tried again until it loads or another one is deployed.
final class Deployments {
  private static final Logger LOG = LoggerFactory.getLogger(Deployments.class);

  private final ModelStates states;
  private final ServingModels serving;
  private final LoadAlerts alerts;
  private final Map<ModelKey, DeployedVersion> failed = new ConcurrentHashMap<>();
  private volatile boolean isOpen;

  Deployments(ModelStates states, ServingModels serving, LoadAlerts alerts) {
    this.states = states;
    this.serving = serving;
    this.alerts = alerts;
  }

  /// A record of the topic; null: the model's deployments were removed. Never throws: the table has
  /// to go on.
  void apply(ModelKey key, @Nullable Deployment record) {
    if (record == null) {
      states.apply(key, ModelState::applyRetired);
      failed.remove(key);
      serving.retire(key);
      return;
    }
    var deployment = Wire.deployment(record);
    states.apply(key, state -> state.applyDeployment(deployment));
    if (isOpen) {
      carryOut(deployment);
      states.carriedOut(deployment.deploymentId());
    }
  }

  /// Models whose newest version does not serve here.
  Map<ModelKey, DeployedVersion> failed() {
    return Map.copyOf(failed);
  }

  private synchronized void carryOut(DeployedVersion deployment) {
    ModelKey key = deployment.key();
    try {
      serving.swapTo(deployment.version());
      failed.remove(key);
      alerts.resolve(key);
      LOG.info(
          "{}: version {} serves ({})", key, deployment.version().version(), deployment.kind());
    } catch (ProcessEndingException e) {
      LOG.info("{}: loaded after the next start: {}", key, e.getMessage());
    } catch (
        RuntimeException
            e) { // whatever it is: the table has to go on, and what served goes on serving
      if (!deployment.equals(failed.put(key, deployment))) {
        LOG.error(
            "{}: version {} cannot be loaded: {}",
            key,
            deployment.version().version(),
            e.getMessage());
      }
      alerts.raise(deployment, String.valueOf(e.getMessage()));
    }
  }

  /// Tries again what could not be loaded, and sends what could not be sent.
  void retry() {
    failed.forEach(
        (key, deployment) -> {
          DeployedVersion current = states.of(key).current();
          if (current != null && current.deploymentId().equals(deployment.deploymentId())) {
            carryOut(deployment);
          }
        });
    alerts.flush();
  }

  /// The previous version stands by, or goes on serving where the newest one cannot be loaded.
  private void restorePrevious(DeployedVersion current, VersionRef previous) {
    try {
      if (serving.isServing(current.version())) {
        serving.keepReady(previous);
      } else {
        serving.swapTo(previous);
      }
    } catch (UnusableVersionException e) {
      LOG.warn(
          "{}: no way back, {} cannot be loaded: {}",
          previous.key(),
          previous.version(),
          e.getMessage());
    }
  }

  /// Loads what the topic says so far; each record from here on is a swap.
  synchronized void open() {
    isOpen = true;
    for (var state : states.all().values()) {
      DeployedVersion current = state.current();
      if (current != null) {
        carryOut(current);
        state.previous().ifPresent(previous -> restorePrevious(current, previous));
      }
    }
  }

  /// The key of a record of the topic.
  static ModelKey key(String key) {
    int slash = key.indexOf('/');
    if (slash < 0) {
      throw new RejectedRecord(
          "malformed-key",
          "a key of %s must be <org>/<model>, was %s".formatted(Topics.DEPLOYMENTS.name(), key));
    }
    return new ModelKey(key.substring(0, slash), key.substring(slash + 1));
  }
}
