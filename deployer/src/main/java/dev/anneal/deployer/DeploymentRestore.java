package dev.anneal.deployer;

import dev.anneal.stage.PeriodicTask;
import org.springframework.context.SmartLifecycle;

/// Opens the [Deployments] when the tables have been read and before anything is consumed, and has
/// them try again what could not be loaded. Not part of them, because Spring starts what a table
/// depends on before the table.
final class DeploymentRestore implements SmartLifecycle {
  private final Deployments deployments;
  private final PeriodicTask retries;

  /// @param retries tries again what could not be loaded
  DeploymentRestore(Deployments deployments, PeriodicTask retries) {
    this.deployments = deployments;
    this.retries = retries;
  }

  @Override
  public void start() {
    deployments.open();
    retries.start();
  }

  @Override
  public void stop() {
    retries.stop();
  }

  @Override
  public boolean isRunning() {
    return retries.isRunning();
  }

  /// After the tables, before listeners.
  @Override
  public int getPhase() {
    return Integer.MIN_VALUE + 2;
  }
}
