package dev.anneal.trainer;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// The beginnings and ends of attempts, each with its event in one transaction. Whatever an attempt
/// writes names its number; when another attempt has begun since, nothing is written.
final class Attempts {
  private static final Duration WAIT_FOR_OTHER_RUN = Duration.ofSeconds(1);

  /// So often may a trainer die over a run before the run is taken for the reason.
  static final int MAX_DEATHS = 5;

  /// What to do with a run that is due.
  sealed interface Start {
    record Begin(Run run, int attempt) implements Start {}

    record Later(Duration delay) implements Start {}

    record Nothing() implements Start {}
  }

  /// Whether an attempt may go on.
  enum Control {
    GO_ON,
    CANCELLED,
    OVERTAKEN
  }

  private final Runs runs;
  private final Outbox outbox;
  private final Retries retries;
  private final InstantSource clock;

  Attempts(Runs runs, Outbox outbox, Retries retries, InstantSource clock) {
    this.runs = runs;
    this.outbox = outbox;
    this.retries = retries;
    this.clock = clock;
  }

  Start begin(String runId) {
    return runs.find(runId)
        .map(
            run ->
                runs.inOrder(
                    run.key(), () -> runs.find(runId).map(this::begin).orElse(new Start.Nothing())))
        .orElse(new Start.Nothing());
  }

  private Start begin(Run run) {
    if (run.state().isFinal()) {
      return new Start.Nothing();
    }
    if (run.cancelledBy() != null) {
      cancelled(run, run.attempt());
      return new Start.Nothing();
    }
    var until = runs.waitsUntil(run.runId(), retries.longest());
    if (until.isPresent()) {
      var left = Duration.between(clock.instant(), until.get());
      return new Start.Later(left.isPositive() ? left : WAIT_FOR_OTHER_RUN);
    }
    boolean died = run.state() == Run.State.RUNNING;
    if (!died && runs.isRunning(run.key())) {
      return new Start.Later(WAIT_FOR_OTHER_RUN);
    }
    if (died && run.deaths() >= MAX_DEATHS) {
      String message = "the trainer was gone in %d attempts of it".formatted(run.deaths() + 1);
      failed(run, run.attempt(), "trainer-died", message);
      return new Start.Nothing();
    }
    int attempt = run.attempt() + 1;
    runs.start(run, attempt, died);
    outbox.add(run.key(), run.request(), new RunEvent.Started(run.runId(), attempt));
    return new Start.Begin(run, attempt);
  }

  Control control(String runId, int attempt) {
    var run = runs.find(runId);
    if (run.isEmpty() || run.get().attempt() != attempt || run.get().state() != Run.State.RUNNING) {
      return Control.OVERTAKEN;
    }
    return run.get().cancelledBy() == null ? Control.GO_ON : Control.CANCELLED;
  }

  void progress(Run run, int attempt, String phase, long done, long total) {
    runs.inOrder(
        run.key(),
        () -> {
          if (control(run.runId(), attempt) == Control.GO_ON) {
            outbox.add(
                run.key(),
                run.request(),
                new RunEvent.Progress(run.runId(), attempt, phase, done, total));
          }
          return true;
        });
  }

  /// @param retryAttempts of the model's definition
  /// @return when the run goes on, empty when it has ended or another attempt has it
  Optional<Duration> end(Run run, int attempt, Attempted end, double seconds, int retryAttempts) {
    return runs.inOrder(
        run.key(),
        () ->
            switch (end) {
              case Attempted.Trained(var model) -> {
                told(
                    run,
                    () -> runs.end(run.runId(), attempt, Run.State.SUCCEEDED, null, null),
                    new RunEvent.Trained(run.runId(), attempt, model, seconds));
                yield Optional.empty();
              }
              case Attempted.Failed(var code, var message) when Absence.CODES.contains(code) -> {
                var delay = Retries.afterAbsence(attempt);
                retry(run, attempt, code, message, delay, false);
                yield Optional.of(delay);
              }
              case Attempted.Failed(var code, var message) -> {
                var delay = retries.after(code, run.failures() + 1, retryAttempts);
                delay.ifPresentOrElse(
                    d -> retry(run, attempt, code, message, d, true),
                    () -> failed(run, attempt, code, message));
                yield delay;
              }
              case Attempted.Cancelled() -> {
                runs.find(run.runId()).ifPresent(newest -> cancelled(newest, attempt));
                yield Optional.empty();
              }
              case Attempted.Interrupted() -> {
                boolean released = runs.release(run.runId(), attempt);
                yield released ? Optional.of(Duration.ZERO) : Optional.empty();
              }
              case Attempted.Overtaken() -> Optional.empty();
            });
  }

  private void cancelled(Run run, int attempt) {
    String by = run.cancelledBy() == null ? "" : run.cancelledBy();
    told(
        run,
        () -> runs.end(run.runId(), attempt, Run.State.CANCELLED, "cancelled", run.cancelReason()),
        new RunEvent.Cancelled(run.runId(), by, run.cancelReason()));
  }

  private void failed(Run run, int attempt, String code, String message) {
    told(
        run,
        () -> runs.end(run.runId(), attempt, Run.State.FAILED, code, message),
        new RunEvent.Failed(run.runId(), attempt, code, message, false));
  }

  /// @param counts whether it uses up one of the run's attempts
  private void retry(
      Run run, int attempt, String code, String message, Duration delay, boolean counts) {
    var at = clock.instant().plus(delay);
    if (told(
        run,
        () -> runs.retry(run.runId(), attempt, at, code, message, counts),
        new RunEvent.Failed(run.runId(), attempt, code, message, true))) {
      outbox.add(
          run.key(),
          run.request(),
          new RunEvent.RetryScheduled(run.runId(), attempt + 1, at, code));
    }
  }

  /// Tells of a change if it could be made.
  private boolean told(Run run, BooleanSupplier change, RunEvent event) {
    boolean made = change.getAsBoolean();
    if (made) {
      outbox.add(run.key(), run.request(), event);
    }
    return made;
  }
}
