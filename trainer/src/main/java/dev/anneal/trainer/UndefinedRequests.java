package dev.anneal.trainer;

import dev.anneal.stage.Failures;
import dev.anneal.stage.StageKafka.Delivery;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/// Requests of models that are not defined (yet), aside of their partition: a client may define a
/// model and ask for a training at once, and the two take different topics. Each is decided when
/// its definition has come, or after [#PATIENCE]. What waits when the process ends was not
/// committed and comes again.
final class UndefinedRequests implements SmartLifecycle {
  static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final Logger LOG = LoggerFactory.getLogger(UndefinedRequests.class);
  private static final Duration POLL = Duration.ofMillis(100);

  /// Decides about a request for good.
  interface Decision {
    void decide(Request request);
  }

  /// Two are never equal: each has a delivery of its own.
  private record Waiting(Request request, long deadlineNanos, Delivery delivery) {}

  private final Definitions definitions;
  private final Decision decision;
  private final LongSupplier nanoTime;
  private final Set<Waiting> waiting = new LinkedHashSet<>();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("undefined-requests").daemon().factory());
  private volatile boolean running;

  UndefinedRequests(Definitions definitions, Decision decision, LongSupplier nanoTime) {
    this.definitions = definitions;
    this.decision = decision;
    this.nanoTime = nanoTime;
  }

  synchronized void add(Request request, Delivery delivery) {
    waiting.add(new Waiting(request, nanoTime.getAsLong() + PATIENCE.toNanos(), delivery));
  }

  /// Decides what is due; what fails for the moment is due again.
  void decideDue() {
    for (var due : due()) {
      try {
        decide(due);
        remove(due);
      } catch (RuntimeException e) { // nothing ends the timer
        LOG.warn("request {} waits: {}", due.request().requestId(), e.toString());
        return;
      }
    }
  }

  private void decide(Waiting due) {
    try {
      decision.decide(due.request());
      due.delivery().done();
    } catch (RuntimeException e) {
      if (Failures.isTemporary(e)) {
        throw e;
      }
      due.delivery().rejected(e);
    }
  }

  private synchronized List<Waiting> due() {
    long now = nanoTime.getAsLong();
    return waiting.stream()
        .filter(
            w -> w.deadlineNanos() - now <= 0 || definitions.find(w.request().key()).isPresent())
        .toList();
  }

  private synchronized void remove(Waiting decided) {
    waiting.remove(decided);
  }

  @Override
  public void start() {
    var _ =
        timer.scheduleWithFixedDelay(
            this::decideDue, POLL.toMillis(), POLL.toMillis(), TimeUnit.MILLISECONDS);
    running = true;
  }

  @Override
  public void stop() {
    running = false;
    timer.shutdownNow();
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
