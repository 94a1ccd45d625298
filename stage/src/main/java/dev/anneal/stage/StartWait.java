package dev.anneal.stage;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Waits for what a stage needs before it can start, for as long as it takes: its servers may start
/// later than it does. Each failed try is logged, and [RepeatedLines] writes once a minute.
final class StartWait {
  private static final Logger LOG = LoggerFactory.getLogger(StartWait.class);
  private final Duration pause;

  /// @param pause between two tries
  StartWait(Duration pause) {
    this.pause = pause;
  }

  /// @param server as people know it, with its address
  /// @param step done again after each failure that is temporary
  void until(String server, Runnable step) {
    for (int tries = 1; ; tries++) {
      try {
        step.run();
        if (tries > 1) {
          LOG.info("{} is there after {} tries", server, tries);
        }
        return;
      } catch (RuntimeException e) {
        if (Thread.currentThread().isInterrupted() || !Failures.isTemporary(e)) {
          throw e;
        }
        LOG.warn("the start waits for {}: {}", server, reason(e));
        pause(e);
      }
    }
  }

  private static String reason(Throwable failure) {
    Throwable cause = failure.getCause();
    return cause == null || cause.getMessage() == null
        ? Redaction.of(failure)
        : Redaction.of(failure) + ": " + Redaction.of(cause);
  }

  /// Without a timeout of its own: Spring interrupts a start that is to end only while its thread
  /// waits for as long as it takes.
  private void pause(RuntimeException failure) {
    var over = CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS);
    try {
      CompletableFuture.runAsync(() -> {}, over).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}
