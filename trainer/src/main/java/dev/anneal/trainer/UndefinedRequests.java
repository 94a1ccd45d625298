package dev.anneal.trainer;

import dev.anneal.stage.Failures;
import dev.anneal.stage.StageKafka.Delivery;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Requests of models that are not defined (yet), aside of their partition: a client may define a
/// model and ask for a training at once, and the two take different topics. Each is decided when
/// its definition has come, or after [#PATIENCE] and once all definitions of that time have been
/// read. What waits when the process ends was not committed and comes again.
final class UndefinedRequests {
  static final Duration PATIENCE = Duration.ofSeconds(2);

  /// A request may have a megabyte, and clients may send many for models that there never will be.
  static final int MOST = 100;

  static final int MOST_OF_ORGANIZATION = 20;

  static final Duration POLL = Duration.ofMillis(100);

  /// Decides about a request for good.
  interface Decision {
    void decide(Request request);
  }

  /// Says when all definitions of now have been read.
  interface DefinitionTopic {
    Future<?> caughtUp();
  }

  private static final class Waiting {
    private final Request request;
    private final long deadlineNanos;
    private final Delivery delivery;
    private @Nullable Future<?> reading;

    private Waiting(Request request, long deadlineNanos, Delivery delivery) {
      this.request = request;
      this.deadlineNanos = deadlineNanos;
      this.delivery = delivery;
    }
  }

  private final Definitions definitions;
  private final DefinitionTopic definitionTopic;
  private final Decision decision;
  private final LongSupplier nanoTime;
  private final Set<Waiting> waiting = new LinkedHashSet<>();

  UndefinedRequests(
      Definitions definitions,
      DefinitionTopic definitionTopic,
      Decision decision,
      LongSupplier nanoTime) {
    this.definitions = definitions;
    this.definitionTopic = definitionTopic;
    this.decision = decision;
    this.nanoTime = nanoTime;
  }

  /// @return false when as many wait as may: the request is to be decided at once
  synchronized boolean add(Request request, Delivery delivery) {
    String organization = request.key().organization();
    long ofOrganization =
        waiting.stream().filter(w -> w.request.key().organization().equals(organization)).count();
    return ofOrganization < MOST_OF_ORGANIZATION
        && waiting.size() < MOST
        && waiting.add(new Waiting(request, nanoTime.getAsLong() + PATIENCE.toNanos(), delivery));
  }

  /// Decides what is due; what fails for the moment is due again.
  void decideDue() {
    for (var due : due()) {
      decide(due);
      remove(due);
    }
  }

  private void decide(Waiting due) {
    try {
      decision.decide(due.request);
      due.delivery.done();
    } catch (RuntimeException e) {
      if (Failures.isTemporary(e)) {
        throw e;
      }
      due.delivery.rejected(e);
    }
  }

  private synchronized List<Waiting> due() {
    long now = nanoTime.getAsLong();
    return waiting.stream()
        .filter(w -> definitions.find(w.request.key()).isPresent() || isWithoutDefinition(w, now))
        .toList();
  }

  /// After the time, not at it: a definition that was sent in it may not have been read yet.
  private boolean isWithoutDefinition(Waiting request, long now) {
    if (request.reading == null && request.deadlineNanos - now <= 0) {
      request.reading = definitionTopic.caughtUp();
    }
    return request.reading != null && request.reading.isDone();
  }

  private synchronized void remove(Waiting decided) {
    waiting.remove(decided);
  }
}
