package dev.anneal.ingest;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps one capture going: tries again with a growing pause for as long as it is not stopped. See
/// [CaptureState]. Each failure that differs from those before is told once, and again after the
/// capture has run for a while; the log also has the growing pauses.
final class Supervisor {
  private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);
  private static final Duration STOP_WAIT = Duration.ofSeconds(10);

  /// One try. Used once.
  interface Attempt {
    /// Returns when there is nothing left to do or after [#close].
    ///
    /// @param running to be called once the source answers
    void run(Runnable running) throws Exception;

    /// Ends [#run]; may come before it.
    void close() throws InterruptedException;
  }

  /// Gets each distinct failure.
  interface FailureListener {
    void failed(CaptureException failure);
  }

  private final String name;
  private final Supplier<Attempt> attempts;
  private final Backoff backoff;
  private final FailureListener listener;
  private final InstantSource clock;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Set<String> told = new HashSet<>();
  private String logged = "";
  private final Thread thread;
  private volatile CaptureState state = new CaptureState.Starting(0);
  private @Nullable Attempt current;

  Supervisor(
      String name,
      Supplier<Attempt> attempts,
      Backoff backoff,
      FailureListener listener,
      InstantSource clock) {
    this.name = name;
    this.attempts = attempts;
    this.backoff = backoff;
    this.listener = listener;
    this.clock = clock;
    this.thread = Thread.ofPlatform().name("capture-" + name).unstarted(this::supervise);
  }

  Supervisor start() {
    thread.start();
    return this;
  }

  CaptureState state() {
    return state;
  }

  /// Returns when the capture has ended.
  void stop() throws InterruptedException {
    Attempt attempt;
    synchronized (this) {
      stopping.countDown();
      attempt = current;
    }
    if (attempt != null) {
      attempt.close();
    }
    if (!thread.join(STOP_WAIT)) {
      LOG.warn("capture {} has not ended within {}; it is interrupted", name, STOP_WAIT);
      thread.interrupt();
      thread.join(STOP_WAIT);
    }
  }

  private void supervise() {
    boolean done = false;
    try {
      while (!done && stopping.getCount() > 0) {
        done = attempt();
        if (state instanceof CaptureState.Waiting waiting) {
          stopping.await(waiting.pause().toMillis(), TimeUnit.MILLISECONDS);
          state = state.tryAgain();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      state = new CaptureState.Stopped();
    }
  }

  private synchronized boolean begin(Attempt attempt) {
    current = attempt;
    return stopping.getCount() > 0;
  }

  /// @return whether there is nothing left to do
  private boolean attempt() {
    try {
      Attempt attempt = attempts.get(); // may wait for Kafka or a database, so without the lock
      if (begin(attempt)) {
        attempt.run(this::running);
      }
      return true;
    } catch (Exception e) {
      fail(CaptureException.of(e));
      return false;
    }
  }

  private void running() {
    LOG.info("capture {} runs", name);
    logged = "";
    state = state.sourceAnswers(clock.instant());
  }

  private void fail(CaptureException failure) {
    if (stopping.getCount() == 0) {
      return;
    }
    var now = clock.instant();
    if (state.isSettled(backoff, now)) {
      told.clear();
    }
    state = state.failed(failure, backoff, now);
    if (state instanceof CaptureState.Waiting waiting) {
      log(waiting);
      if (told.add(failure.code() + "\0" + failure.getMessage())) {
        tell(failure);
      }
    }
  }

  /// Until the pause is the longest, and when the cause changes.
  private void log(CaptureState.Waiting waiting) {
    String line =
        "capture %s tries again in %s: %s: %s"
            .formatted(name, seconds(waiting.pause()), waiting.code(), waiting.reason());
    if (!line.equals(logged)) {
      LOG.warn(line);
      logged = line;
    }
  }

  /// `1 s`, `0.5 s`.
  private static String seconds(Duration pause) {
    return BigDecimal.valueOf(pause.toMillis(), 3).stripTrailingZeros().toPlainString() + " s";
  }

  private void tell(CaptureException failure) {
    try {
      listener.failed(failure);
    } catch (RuntimeException e) {
      LOG.warn("the failure of capture {} cannot be told now", name, e); // Kafka is away, too
      told.clear();
    }
  }
}
