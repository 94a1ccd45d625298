package dev.anneal.notifier;

import dev.anneal.stage.Redaction;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/// Calls the desk now and then, so that a storm's summary comes also when no alert follows it, and
/// once more when the notifier stops, before the listeners do.
final class Sweeper implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);
  private static final Duration EVERY = Duration.ofSeconds(10);

  private final AlertDesk desk;
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("alert-sweeper").daemon().factory());
  private volatile boolean running;

  Sweeper(AlertDesk desk) {
    this.desk = desk;
  }

  @Override
  public void start() {
    var _ =
        executor.scheduleWithFixedDelay(
            () -> tell(desk::sweep), EVERY.toSeconds(), EVERY.toSeconds(), TimeUnit.SECONDS);
    running = true;
  }

  private static void tell(Runnable summaries) {
    try {
      summaries.run();
    } catch (RuntimeException e) {
      // the summary is still pending and comes with the next sweep, or after the next start
      LOG.warn("summary of alerts could not be told yet: {}", Redaction.of(e));
    }
  }

  @Override
  public void stop() {
    running = false;
    executor.shutdownNow();
    tell(desk::close);
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
