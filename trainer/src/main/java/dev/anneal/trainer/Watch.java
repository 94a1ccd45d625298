package dev.anneal.trainer;

import dev.anneal.stage.Failures;
import dev.anneal.trainer.xgboost.TrainingFailure;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/// Asked again and again during an attempt whether it may go on. For one thread.
final class Watch {
  /// A cancel takes effect within this, and a stopping trainer lets go.
  private static final Duration INTERVAL = Duration.ofMillis(500);

  private final Supplier<Attempts.Control> control;
  private final BooleanSupplier stopping;
  private final Patience patience;
  private final LongSupplier nanoTime;
  private final Duration limit;
  private final long startNanos;
  private long nextNanos;

  /// @param limit of the whole attempt
  Watch(
      Supplier<Attempts.Control> control,
      BooleanSupplier stopping,
      Duration limit,
      LongSupplier nanoTime) {
    this.control = control;
    this.stopping = stopping;
    this.limit = limit;
    this.nanoTime = nanoTime;
    this.patience = new Patience(RunScheduler.DEAD_AFTER, nanoTime);
    this.startNanos = nanoTime.getAsLong();
    this.nextNanos = startNanos;
  }

  /// @throws Stopped when the attempt must end
  /// @throws TrainingFailure `time-limit`
  void check() {
    long now = nanoTime.getAsLong();
    if (stopping.getAsBoolean() || Thread.currentThread().isInterrupted()) {
      throw new Stopped(new Attempted.Interrupted());
    }
    if (now - startNanos > limit.toNanos()) {
      throw new TrainingFailure("time-limit", "the training took longer than " + limit);
    }
    if (now - nextNanos >= 0) {
      nextNanos = now + INTERVAL.toNanos();
      tolerate(() -> obey(control.get()));
    }
  }

  private static void obey(Attempts.Control control) {
    switch (control) {
      case GO_ON -> {}
      case CANCELLED -> throw new Stopped(new Attempted.Cancelled());
      case OVERTAKEN -> throw new Stopped(new Attempted.Overtaken());
    }
  }

  /// Asks or tells the database something that the attempt can do without for a while.
  ///
  /// @throws Stopped when the database has been away for so long that another trainer may take the
  ///     run
  void tolerate(Runnable work) {
    try {
      work.run();
      patience.reset();
    } catch (DataAccessException | TransactionException e) {
      if (!patience.bears(e)) {
        throw Failures.isTemporary(e) ? new Stopped(new Attempted.Interrupted()) : e;
      }
    }
  }

  double seconds() {
    return (nanoTime.getAsLong() - startNanos) / 1e9;
  }
}
