package dev.anneal.trainer;

import dev.anneal.modelstore.ArtifactKey;
import dev.anneal.schemas.EventIds;
import dev.anneal.schemas.ModelKey;
import dev.anneal.stage.RejectedRecord;
import java.util.Optional;

/// Makes a run of each request, once.
final class Requests {
  /// Has a run executed some time after the transaction commits.
  interface Dispatcher {
    void dispatch(String runId);
  }

  private final Runs runs;
  private final Outbox outbox;
  private final Definitions definitions;
  private final Dispatcher dispatcher;

  Requests(Runs runs, Outbox outbox, Definitions definitions, Dispatcher dispatcher) {
    this.runs = runs;
    this.outbox = outbox;
    this.definitions = definitions;
    this.dispatcher = dispatcher;
  }

  /// Whether a request can be decided now: its model is known, or what it asks for is refused
  /// anyway.
  boolean isDecidable(Request request) {
    return request.problem().isPresent() || definitions.find(request.key()).isPresent();
  }

  /// When it returns, the request is in the database and its offset may be committed.
  void decide(Request request) {
    boolean isKnown = definitions.find(request.key()).isPresent();
    runs.inOrder(
        request.key(),
        () -> {
          switch (runs.request(request.key(), request.requestId())) {
            case Seen.Never() ->
                refusal(request, isKnown)
                    .ifPresentOrElse(refusal -> refuse(request, refusal), () -> queue(request));
            case Seen.OfOther(var model) -> rejectId(request, model);
            case Seen.Before() -> {}
          }
          return true;
        });
  }

  private record Refusal(String code, String message) {}

  private static Optional<Refusal> refusal(Request request, boolean isKnown) {
    return request
        .problem()
        .map(problem -> new Refusal("invalid-request", problem))
        .or(
            () ->
                isKnown
                    ? Optional.empty()
                    : Optional.of(
                        new Refusal("unknown-model", "there is no model " + request.key())));
  }

  private void queue(Request request) {
    var queued = runs.queuedLike(request);
    if (queued.isPresent()) {
      join(request, queued.get());
      return;
    }
    String runId = EventIds.of("run", request.key().organization(), request.requestId());
    runs.insert(runId, version(request), request);
    outbox.add(request.key(), request, new RunEvent.Queued(request, null));
    dispatcher.dispatch(runId);
  }

  private void join(Request request, Run run) {
    Long from = request.dataFromMicros();
    runs.joinRequest(request.key(), request.requestId(), run.runId());
    if (from != null) {
      runs.moveDataFrom(run.runId(), from); // the change that was seen last counts
    }
    if (request.requestedAt().isAfter(run.request().requestedAt())) {
      runs.moveRequestedAt(run.runId(), version(request), request.requestedAt());
    }
    outbox.add(request.key(), request, new RunEvent.Queued(request, run.request().requestId()));
  }

  private static String version(Request request) {
    String version = Versions.of(request.requestId(), request.requestedAt());
    try {
      return new ArtifactKey(request.key().organization(), request.key().model(), version)
          .version();
    } catch (IllegalArgumentException e) {
      throw new RejectedRecord(
          "invalid-request", "no version can be named after the request: " + e.getMessage());
    }
  }

  private void refuse(Request request, Refusal refusal) {
    outbox.add(
        request.key(),
        request,
        new RunEvent.Failed(null, 0, refusal.code(), refusal.message(), false));
  }

  private void rejectId(Request request, String model) {
    var other = new ModelKey(request.key().organization(), model);
    outbox.add(
        request.key(),
        request,
        new RunEvent.CommandRejected(
            request.requestId(),
            "id-in-use",
            "request id %s was used for %s before; use a new one"
                .formatted(request.requestId(), other)));
  }
}
