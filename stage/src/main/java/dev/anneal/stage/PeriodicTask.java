package dev.anneal.stage;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/// Does the same again and again while the stage runs, one time after the other on a thread of its
/// own. A failure is logged, and the next time is the next try; what fails for over a minute is an
/// alert.
public final class PeriodicTask implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(PeriodicTask.class);
  private static final Duration LAST_TIME = Duration.ofSeconds(5);

  /// Its success would say nothing of the task's: an alert of the task stays open.
  private static final Runnable NOTHING = () -> {};

  private final String name;
  private final Duration every;
  private final Runnable task;
  private final Runnable last;
  private final int phase;
  private final RetryAlerts alerts;
  private final ScheduledExecutorService timer;
  private volatile boolean running;

  /// @param name for log, alert and thread
  /// @param every pause between two times
  public PeriodicTask(String name, Duration every, RetryAlerts alerts, Runnable task) {
    this(name, every, alerts, task, NOTHING, DEFAULT_PHASE);
  }

  /// @param last when the stage stops, after the last time of the task
  /// @param phase of [SmartLifecycle]
  public PeriodicTask(
      String name, Duration every, RetryAlerts alerts, Runnable task, Runnable last, int phase) {
    this.name = name;
    this.every = every;
    this.alerts = alerts;
    this.task = task;
    this.last = last;
    this.phase = phase;
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name(name).daemon().factory());
  }

  @Override
  public void start() {
    running = true;
    var _ =
        timer.scheduleWithFixedDelay(
            () -> attempt(task), every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void attempt(Runnable work) {
    try {
      Failures.withoutOverflow(work);
      alerts.passed(name);
    } catch (RuntimeException e) { // the timer would end with it
      LOG.warn("{} failed and is tried again: {}", name, Redaction.of(e));
      alerts.failed(name, e);
    }
  }

  @Override
  public void stop() {
    running = false;
    timer.shutdown();
    try {
      if (!timer.awaitTermination(LAST_TIME.toMillis(), TimeUnit.MILLISECONDS)) {
        timer.shutdownNow(); // it waits for a server
        timer.awaitTermination(LAST_TIME.toMillis(), TimeUnit.MILLISECONDS);
      }
      if (last != NOTHING) {
        attempt(last);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return phase;
  }
}
