package dev.anneal.trainer;

/// Applies cancels: what waits ends at once, what runs is marked and ends within seconds, wherever
/// it runs.
final class Cancels {
  private final Runs runs;
  private final Outbox outbox;

  Cancels(Runs runs, Outbox outbox) {
    this.runs = runs;
    this.outbox = outbox;
  }

  void apply(Cancel cancel) {
    runs.inOrder(
        cancel.key(),
        () -> {
          switch (runs.command(cancel.key(), cancel.cancelId())) {
            case Seen.Never() -> cancel(cancel);
            case Seen.OfOther(var model) ->
                reject(
                    cancel,
                    "id-in-use",
                    "cancel id %s was used for model %s before; use a new one"
                        .formatted(cancel.cancelId(), model));
            case Seen.Before() -> {}
          }
          return true;
        });
  }

  private void cancel(Cancel cancel) {
    var open = runs.open(cancel.key(), cancel.requestId());
    if (open.isEmpty()) {
      String what = cancel.requestId() == null ? "" : " for request " + cancel.requestId();
      String message = "no training of %s runs or waits%s".formatted(cancel.key(), what);
      reject(cancel, "nothing-to-cancel", message);
    }
    for (Run run : open) {
      runs.askToCancel(run.runId(), cancel.requestedBy(), cancel.reason());
      if (run.state() != Run.State.RUNNING
          && runs.end(
              run.runId(), run.attempt(), Run.State.CANCELLED, "cancelled", cancel.reason())) {
        var event = new RunEvent.Cancelled(run.runId(), cancel.requestedBy(), cancel.reason());
        outbox.add(run.key(), run.request(), event);
      }
    }
  }

  private void reject(Cancel cancel, String code, String message) {
    outbox.add(cancel.key(), null, new RunEvent.CommandRejected(cancel.cancelId(), code, message));
  }
}
