package dev.anneal.system.chaos;

import dev.anneal.events.LifecycleEvent;
import dev.anneal.events.ModelTrained;
import dev.anneal.events.ModelValidated;
import dev.anneal.schemas.Topics;
import java.time.Duration;
import java.util.function.Predicate;
import org.apache.kafka.common.KafkaException;

/// Waits until a fault is to happen, with a request that makes its moment come.
record Moments(Site site, RequestClient client) {
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final long POLL_MILLIS = 20;

  /// @return false: the moment did not come
  boolean await(Fault fault) throws InterruptedException {
    if (fault.kind() == FaultKind.KILL_TRAINING) {
      return awaitTraining();
    }
    return switch (fault.moment()) {
      case ANY -> true;
      case IN_TRAINING -> awaitTraining();
      case AFTER_TRAINED -> awaitEvent(e -> e.getEvent() instanceof ModelTrained);
      case IN_SWAP -> awaitEvent(e -> e.getEvent() instanceof ModelValidated);
    };
  }

  private boolean awaitTraining() throws InterruptedException {
    train();
    long end = System.nanoTime() + LIMIT.toNanos();
    while (site.processes().matching(Processes.Found::isTraining).isEmpty()) {
      if (System.nanoTime() > end) {
        return false;
      }
      Thread.sleep(POLL_MILLIS);
    }
    return true;
  }

  private boolean awaitEvent(Predicate<LifecycleEvent> which) {
    try (var topics = new TopicReader(site.addresses())) {
      return topics.await(Topics.LIFECYCLE, which, this::train, LIMIT);
    } catch (KafkaException _) {
      return false;
    }
  }

  /// Asks in a thread of its own: that goes on until Kafka has the request.
  private void train() {
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                client.train();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }
}
