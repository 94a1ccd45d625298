package dev.anneal.ingest;

import dev.anneal.events.Alert;
import dev.anneal.stage.Publisher;
import dev.anneal.stage.Redaction;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/// Looks at the captures every second and publishes what [CaptureAlerts] finds.
final class CaptureWatch implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(CaptureWatch.class);
  private static final Duration EVERY = Duration.ofSeconds(1);

  private final Captures captures;
  private final PublishedDefinitions definitions;
  private final CaptureAlerts alerts;
  private final Publisher<Alert> publisher;
  private final InstantSource clock;
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("capture-watch").daemon().factory());
  private volatile boolean running;

  CaptureWatch(
      Captures captures,
      PublishedDefinitions definitions,
      CaptureAlerts alerts,
      Publisher<Alert> publisher,
      InstantSource clock) {
    this.captures = captures;
    this.definitions = definitions;
    this.alerts = alerts;
    this.publisher = publisher;
    this.clock = clock;
  }

  @Override
  public void start() {
    running = true;
    var _ =
        executor.scheduleWithFixedDelay(
            this::look, EVERY.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void look() {
    try {
      var changes =
          alerts.look(captures.states(), captures.lacking(), definitions.keys(), clock.instant());
      for (Trouble trouble : changes) {
        publisher.sendAndWait(trouble.id(), Wire.alert(trouble));
        alerts.published(trouble);
      }
    } catch (RuntimeException e) {
      LOG.warn("alerts of captures are told later: {}", Redaction.of(e)); // with the next look
    }
  }

  @Override
  public void stop() {
    running = false;
    executor.shutdownNow();
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
