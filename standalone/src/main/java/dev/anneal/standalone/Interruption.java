package dev.anneal.standalone;

import dev.anneal.stage.ClockWatch;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Ctrl-C and SIGTERM, and a clock that is set back. The JVM ends when everything has been stopped.
/// A stop that makes no progress is cut short, and so are a start and what a clock that is set back
/// would hold up; nothing committed is lost by that and no process is left.
final class Interruption {
  private static final Duration REPORT = Duration.ofSeconds(10);

  /// For one thing to stop. PostgreSQL's own limits together are 75 s; a machine may be suspended
  /// for 30 s.
  private static final Duration LONGEST_STEP = Duration.ofSeconds(120);

  /// Exit code of a stop that was cut short.
  private static final int STOPPED = 1;

  private final Path directory;
  private final Consumer<String> report;
  private final Runnable afterCut;
  private final CountDownLatch requested = new CountDownLatch(1);
  private final CountDownLatch finished = new CountDownLatch(1);
  private volatile @Nullable Standalone running;

  private Interruption(Path directory, Consumer<String> report, Runnable afterCut) {
    this.directory = directory;
    this.report = report;
    this.afterCut = afterCut;
  }

  /// From now on an interruption is handled.
  ///
  /// @param report receives what is done, for people
  /// @param afterCut what is left to do when the stop was cut short
  static Interruption handled(Path directory, Consumer<String> report, Runnable afterCut) {
    var interruption = new Interruption(directory, report, afterCut);
    Runtime.getRuntime()
        .addShutdownHook(Thread.ofPlatform().name("stop").unstarted(interruption::stop));
    ClockWatch.start(interruption::clockSetBack);
    return interruption;
  }

  /// What is stopped after an interruption.
  void started(Standalone anneal) {
    running = anneal;
  }

  boolean isRequested() {
    return requested.getCount() == 0;
  }

  void await() throws InterruptedException {
    requested.await();
  }

  /// Everything has been stopped: the JVM may end.
  void finished() {
    finished.countDown();
  }

  private void stop() {
    if (finished.getCount() == 0) {
      return;
    }
    report.accept("stopping");
    requested.countDown();
    try {
      Standalone anneal = running;
      if (anneal == null || !awaitFinished(anneal)) {
        cut(STOPPED);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// @return false when nothing more is stopped
  private boolean awaitFinished(Standalone anneal) throws InterruptedException {
    String step = "";
    var waited = Duration.ZERO;
    while (!finished.await(REPORT.toSeconds(), TimeUnit.SECONDS)) {
      waited = anneal.closing().equals(step) ? waited.plus(REPORT) : REPORT;
      step = anneal.closing();
      if (waited.compareTo(LONGEST_STEP) >= 0) {
        return false;
      }
      report.accept(
          "waiting for %s to stop, %d s so far"
              .formatted(step.isEmpty() ? "the command" : step, waited.toSeconds()));
    }
    return true;
  }

  /// A stop that is under way stays one: it is cut short, and nothing starts again.
  private void clockSetBack(String message) {
    report.accept(message);
    cut(isRequested() ? STOPPED : ClockWatch.START_AGAIN);
  }

  /// Ends the process, for the first who asks; the others wait for that.
  ///
  /// @param exitCode the process's
  private synchronized void cut(int exitCode) {
    try {
      ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
      try {
        Servers.abort(directory);
      } catch (IOException e) {
        report.accept("a process is left: " + e.getMessage());
      }
      afterCut.run();
      report.accept("stopped before everything had been closed; the next start recovers");
    } finally {
      Runtime.getRuntime().halt(exitCode);
    }
  }
}
