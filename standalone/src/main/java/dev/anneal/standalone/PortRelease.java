package dev.anneal.standalone;

import dev.anneal.embedded.HeldPort;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;

/// Releases a web server's port right before the server binds it.
final class PortRelease implements SmartLifecycle {
  private final HeldPort held;
  private volatile boolean running;

  PortRelease(HeldPort held) {
    this.held = held;
  }

  @Override
  public void start() {
    held.close();
    running = true;
  }

  @Override
  public void stop() {
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE - 1;
  }
}
