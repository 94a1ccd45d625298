package dev.anneal.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// One start of a schema registry. A busy machine starts it late, so there is no limit: the wait
/// ends when the registry answers or its process has ended.
final class RegistryStart {
  private static final Duration REPORT = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofMillis(100);

  /// A call of the registry.
  interface Call {
    /// @return whether it answers
    boolean answers() throws InterruptedException;
  }

  private final Path log;
  private final long logSize;
  private final LongSupplier nanoTime;

  /// Made before the process is launched: what the log has by now is of earlier starts.
  RegistryStart(Path log, LongSupplier nanoTime) throws IOException {
    this.log = log;
    this.logSize = LogTail.size(log);
    this.nanoTime = nanoTime;
  }

  /// Returns when the registry answers.
  ///
  /// @param progress receives what a long start waits for
  /// @throws PortTaken when the process has ended because of it
  /// @throws IOException when it has ended for another reason
  void await(Process process, int port, Call call, Consumer<String> progress)
      throws IOException, InterruptedException {
    long begin = nanoTime.getAsLong();
    Duration reported = Duration.ZERO;
    while (!process.waitFor(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
      if (call.answers()) {
        return;
      }
      var waited = Duration.ofNanos(nanoTime.getAsLong() - begin);
      if (waited.minus(reported).compareTo(REPORT) >= 0) {
        reported = waited;
        progress.accept(
            "waiting for the schema registry, %d s so far; its log is %s"
                .formatted(waited.toSeconds(), log));
      }
    }
    throw failure(process, port);
  }

  private IOException failure(Process process, int port) throws IOException {
    String written = LogTail.from(log, logSize);
    return written.contains("in use") || written.contains("already bound")
        ? new PortTaken(port)
        : new IOException(
            "the schema registry does not start: it ended with %d; see %s"
                .formatted(process.exitValue(), log));
  }
}
