package dev.anneal.deployer;

import dev.anneal.schemas.ModelKey;
import dev.anneal.schemas.Temporary;
import dev.anneal.stage.FailPoint;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Writes `anneal.deployments`: for each model one decision at a time, and the next one only after
/// this one has been read back, so that no decision of this instance is made on an old state.
/// Candidates and commands of a model may be consumed by two instances; where both decide at the
/// same moment, the later record wins.
final class DeploymentLog {
  /// Reading back takes milliseconds, loading 100 MB of trees some seconds.
  private static final Duration LONGEST_CARRY_OUT = Duration.ofSeconds(60);

  /// Something did not happen in time; trying again can help.
  private static final class LateException extends RuntimeException implements Temporary {
    LateException(String message) {
      super(message);
    }
  }

  private final Consumer<DeployedVersion> publisher;
  private final ModelStates states;
  private final ConcurrentMap<ModelKey, Object> locks = new ConcurrentHashMap<>();

  DeploymentLog(Consumer<DeployedVersion> publisher, ModelStates states) {
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
    FailPoint.DEPLOYER_DEPLOYMENT_UNSENT.hit();
    publisher.accept(deployment);
    FailPoint.DEPLOYER_DEPLOYMENT_APPENDED.hit();
    await(carriedOut, "reading deployment %s back".formatted(deployment.deploymentId()));
    FailPoint.DEPLOYER_DEPLOYMENT_CARRIED_OUT.hit();
  }

  /// Fails with something temporary, so that the candidate or command comes again.
  private static void await(CompletableFuture<Void> carriedOut, String what) {
    try {
      carriedOut.get(LONGEST_CARRY_OUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new LateException("%s took longer than %s".formatted(what, LONGEST_CARRY_OUT));
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LateException("interrupted: " + what);
    }
  }
}
