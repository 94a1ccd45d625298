package dev.anneal.embedded;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Starts a child again when it ends by itself, for as long as it takes.
final class ChildWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ChildWatch.class);
  private static final Duration POLL = Duration.ofMillis(250);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);

  /// Typically back within 30 s also where what kept it from starting has just gone.
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(8);

  /// Starts the child where it was.
  interface Start {
    ProcessHandle again() throws IOException, InterruptedException;
  }

  private final String name;
  private final Start start;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;
  private volatile ProcessHandle child;

  ChildWatch(String name, ProcessHandle first, Start start) {
    this.name = name;
    this.child = first;
    this.start = start;
    this.thread = Thread.ofPlatform().name(name + " supervisor").daemon().start(this::watch);
  }

  ProcessHandle child() {
    return child;
  }

  private void watch() {
    try {
      while (!closed.await(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
        if (!Processes.isRunning(child)) {
          restart();
        }
      }
    } catch (InterruptedException _) {
      // closed while it started the child
    }
  }

  private void restart() throws InterruptedException {
    LOG.warn("{} (process {}) has ended, starting it again", name, child.pid());
    Duration pause = FIRST_PAUSE;
    String reported = "";
    while (!closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
      try {
        child = start.again();
        LOG.warn("{} runs again (process {})", name, child.pid());
        return;
      } catch (IOException | RuntimeException e) { // nothing ends the watch
        String reason = String.valueOf(e.getMessage());
        if (!reason.equals(reported)) {
          LOG.warn("{} cannot be started yet, trying again: {}", name, reason);
          reported = reason;
        }
        pause = pause.multipliedBy(2);
        pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
      }
    }
  }

  /// Returns when nothing is started any more.
  @Override
  public void close() {
    closed.countDown();
    thread.interrupt();
    boolean isInterrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        isInterrupted = true;
      }
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
