package dev.anneal.deployer;

import dev.anneal.schemas.ModelKey;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.UnaryOperator;

/// What the topics say of every model: each record changes the [ModelState] of its key. Fed by the
/// tables of the lifecycle and of the deployments.
final class ModelStates {
  private final ConcurrentMap<ModelKey, ModelState> states = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, CompletableFuture<Void>> awaited = new ConcurrentHashMap<>();

  ModelState of(ModelKey key) {
    return states.getOrDefault(key, ModelState.EMPTY);
  }

  Map<ModelKey, ModelState> all() {
    return Map.copyOf(states);
  }

  void apply(ModelKey key, UnaryOperator<ModelState> change) {
    states.compute(key, (_, state) -> change.apply(state == null ? ModelState.EMPTY : state));
  }

  /// Completes when the deployment has been read back from its topic and has been carried out here.
  CompletableFuture<Void> whenCarriedOut(String deploymentId) {
    return awaited.computeIfAbsent(deploymentId, _ -> new CompletableFuture<>());
  }

  void carriedOut(String deploymentId) {
    var waiting = awaited.remove(deploymentId);
    if (waiting != null) {
      waiting.complete(null);
    }
  }
}
