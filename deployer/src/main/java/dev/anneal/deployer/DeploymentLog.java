package dev.anneal.deployer;

import dev.anneal.schemas.ModelKey;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import java.util.function.Supplier;

/// Writes `anneal.deployments`: for each model one decision at a time, and the next one only after
/// this one has been read back, so that no decision of this instance is made on an old state.
/// Candidates and commands of a model may be consumed by two instances; where both decide at the
/// same moment, the later record wins.
final class DeploymentLog {
  /// Reading back takes milliseconds, loading 100 MB of trees some seconds.
  private static final Duration LONGEST_CARRY_OUT = Duration.ofSeconds(60);

  private final Function<DeployedVersion, CompletableFuture<Void>> publisher;
  private final ModelStates states;
  private final ConcurrentMap<ModelKey, Object> locks = new ConcurrentHashMap<>();

  DeploymentLog(Function<DeployedVersion, CompletableFuture<Void>> publisher, ModelStates states) {
    this.publisher = publisher;
    this.states = states;
  }

  /// Decides about the model while nobody else here does.
  <T> T exclusively(ModelKey key, Supplier<T> decision) {
    synchronized (locks.computeIfAbsent(key, _ -> new Object())) {
      return decision.get();
    }
  }

  /// Returns when the deployment is on the topic and carried out here.
  void append(DeployedVersion deployment) {
    var carriedOut = states.whenCarriedOut(deployment.deploymentId());
    Sends.await(publisher.apply(deployment));
    Sends.await(
        carriedOut,
        LONGEST_CARRY_OUT,
        "reading deployment %s back".formatted(deployment.deploymentId()));
  }
}
