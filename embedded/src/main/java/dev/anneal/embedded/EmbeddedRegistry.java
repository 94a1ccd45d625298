package dev.anneal.embedded;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/// Apicurio Registry as a child process, its schemas in PostgreSQL, behind [RegistryFront]. When
/// the process ends by itself it is started again; its address stays.
public final class EmbeddedRegistry implements AutoCloseable {
  /// A port that was free when it was chosen may be taken when it is bound.
  private static final int MOST_CLASHES = 10;

  /// Its writes are PostgreSQL's transactions: nothing is lost when it ends at once.
  private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

  private final ChildWatch watch;
  private final RegistryFront front;
  private final Path directory;

  private EmbeddedRegistry(RegistryProcess program, Process first, RegistryFront front) {
    this.front = front;
    this.directory = program.directory();
    this.watch =
        new ChildWatch(
            "the schema registry",
            first.toHandle(),
            () -> startBehind(front, program, _ -> {}).toHandle());
  }

  /// Returns when it answers; waits as long as its process lives.
  ///
  /// @param home the unpacked distribution
  /// @param postgres holds the schemas
  /// @param database of the schemas
  /// @param directory for its log
  /// @param progress receives what a long start waits for
  /// @throws IOException when it does not start
  public static EmbeddedRegistry start(
      Path home,
      EmbeddedPostgres postgres,
      String database,
      PortChoice ports,
      Path directory,
      Consumer<String> progress)
      throws IOException {
    OwnerOnly.directory(directory);
    var program = new RegistryProcess(home, postgres, database, directory);
    try {
      var front = untilBound(() -> RegistryFront.open(ports));
      try {
        return new EmbeddedRegistry(program, startBehind(front, program, progress), front);
      } catch (IOException | InterruptedException | RuntimeException e) {
        front.close();
        throw e;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the schema registry started", e);
    }
  }

  private static Process startBehind(
      RegistryFront front, RegistryProcess program, Consumer<String> progress)
      throws IOException, InterruptedException {
    front.forwardToNobody(); // the port that it had may be another's by now
    return untilBound(
        () -> {
          int port = Ports.free();
          Process process = program.start(port, progress);
          front.forwardTo(port);
          return process;
        });
  }

  private interface Binding<T> {
    T bind() throws IOException, InterruptedException;
  }

  private static <T> T untilBound(Binding<T> binding) throws IOException, InterruptedException {
    for (int clash = 1; ; clash++) {
      try {
        return binding.bind();
      } catch (PortTaken e) {
        if (clash == MOST_CLASHES) {
          throw e;
        }
      }
    }
  }

  /// Ends a registry that a killed run left behind on the directory, and nothing else. The caller
  /// holds the directory.
  ///
  /// @return its process id, for people
  public static Optional<Long> endOrphan(Path directory) throws IOException {
    var orphan = RegistryProcess.running(directory);
    orphan.ifPresent(EmbeddedRegistry::end);
    return orphan.map(ProcessHandle::pid);
  }

  /// Base of the Confluent-compatible API.
  public URI url() {
    return RegistryProcess.url(front.port());
  }

  public int port() {
    return front.port();
  }

  /// Process id, for tests that kill it.
  public long pid() {
    return watch.child().pid();
  }

  @Override
  public void close() throws IOException {
    watch.close();
    front.close();
    end(watch.child());
    endOrphan(directory); // one whose start the watch left
    Files.deleteIfExists(RegistryProcess.pidFile(directory));
  }

  private static void end(ProcessHandle process) {
    process.destroy();
    if (!Processes.awaitEnd(process, STOP_LIMIT)) {
      process.destroyForcibly();
      Processes.awaitEnd(process, STOP_LIMIT);
    }
  }
}
