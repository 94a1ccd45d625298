package dev.anneal.deployer;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/// Opens the [Deployments] when the tables have been read and before anything is consumed, and has
/// them try again what could not be loaded. Not part of them, because Spring starts what a table
/// depends on before the table.
final class DeploymentRestore implements SmartLifecycle {
  private final Deployments deployments;
  private final Duration retryInterval;
  private volatile @Nullable ScheduledExecutorService retries;

  DeploymentRestore(Deployments deployments, Duration retryInterval) {
    this.deployments = deployments;
    this.retryInterval = retryInterval;
  }

  @Override
  public void start() {
    deployments.open();
    var executor =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("deployment-retries").daemon().factory());
    executor.scheduleWithFixedDelay(
        deployments::retry,
        retryInterval.toMillis(),
        retryInterval.toMillis(),
        TimeUnit.MILLISECONDS);
    retries = executor;
  }

  @Override
  public void stop() {
    ScheduledExecutorService executor = retries;
    retries = null;
    if (executor != null) {
      executor.shutdownNow();
    }
  }

  @Override
  public boolean isRunning() {
    return retries != null;
  }

  /// After the tables, before listeners.
  @Override
  public int getPhase() {
    return Integer.MIN_VALUE + 2;
  }
}
