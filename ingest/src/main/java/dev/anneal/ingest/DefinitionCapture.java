package dev.anneal.ingest;

import java.util.function.Supplier;
import org.springframework.context.SmartLifecycle;

/// The supervised capture of the app database's definitions. Waits for `control` to make its tables.
final class DefinitionCapture implements SmartLifecycle {
  private final Supervisor supervisor;
  private volatile boolean running;

  DefinitionCapture(
      Supplier<Supervisor.Attempt> attempts, Backoff backoff, Supervisor.FailureListener listener) {
    supervisor = new Supervisor("models", attempts, backoff, listener);
  }

  CaptureState state() {
    return supervisor.state();
  }

  @Override
  public void start() {
    running = true;
    supervisor.start();
  }

  @Override
  public void stop() {
    running = false;
    try {
      supervisor.stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
