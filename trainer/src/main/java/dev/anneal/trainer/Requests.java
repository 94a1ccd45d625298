package dev.anneal.trainer;

import dev.anneal.modelstore.ArtifactKey;
import dev.anneal.schemas.EventIds;
import dev.anneal.stage.RejectedRecord;
import java.time.Duration;

/// Makes a run of each request, once. When [#accept] returns, the request is in the database and
/// its offset may be committed.
final class Requests {
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final int LONGEST_ID = 200;

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

  void accept(Request request) {
    if (request.requestId().isBlank() || request.requestId().length() > LONGEST_ID) {
      throw new RejectedRecord(
          "invalid-request",
          "requestId must have 1 to %d characters, has %d"
              .formatted(LONGEST_ID, request.requestId().length()));
    }
    boolean known = definitions.await(request.key(), PATIENCE).isPresent();
    runs.inOrder(
        request.key(),
        () -> {
          if (runs.isNewRequest(request.requestId())) {
            if (known) {
              queue(request);
            } else {
              refuse(request, "unknown-model", "there is no model " + request.key());
            }
          }
          return true;
        });
  }

  private void queue(Request request) {
    Long from = request.dataFromMicros();
    Long to = request.dataToMicros();
    if (from != null && to != null && from >= to) {
      refuse(request, "invalid-request", "dataFrom must be before dataTo");
      return;
    }
    var queued = runs.queuedLike(request);
    if (queued.isPresent()) {
      var run = queued.get();
      runs.joinRequest(request.requestId(), run.runId());
      if (from != null) {
        runs.moveDataFrom(run.runId(), from); // the change that was seen last counts
      }
      if (request.requestedAt().isAfter(run.request().requestedAt())) {
        runs.moveRequestedAt(run.runId(), version(request), request.requestedAt());
      }
      outbox.add(request.key(), request, new RunEvent.Queued(request, run.request().requestId()));
      return;
    }
    String runId = EventIds.of("run", request.requestId());
    runs.insert(runId, version(request), request);
    outbox.add(request.key(), request, new RunEvent.Queued(request, null));
    dispatcher.dispatch(runId);
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

  private void refuse(Request request, String code, String message) {
    outbox.add(request.key(), request, new RunEvent.Failed(null, 0, code, message, false));
  }
}
