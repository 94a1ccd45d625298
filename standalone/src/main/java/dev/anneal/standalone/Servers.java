package dev.anneal.standalone;

import dev.anneal.embedded.EmbeddedKafka;
import dev.anneal.embedded.EmbeddedPostgres;
import dev.anneal.embedded.EmbeddedRegistry;
import dev.anneal.embedded.Ports;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// What the stages need, each with its data in a directory of its own.
record Servers(EmbeddedKafka kafka, EmbeddedPostgres postgres, EmbeddedRegistry registry) {
  static final String DATABASE = "anneal";
  private static final String KAFKA = "kafka";
  private static final String POSTGRES = "postgres";
  private static final String REGISTRY = "registry";

  /// Kafka beside the two others.
  ///
  /// @param last of the run before on the directory: clients find the servers there again
  /// @param opened gets each as soon as it has started, so that it can be closed
  static Servers start(
      Path directory,
      Path registryHome,
      Optional<Endpoints> last,
      Opened opened,
      Consumer<String> progress)
      throws IOException {
    var usual = Endpoints.USUAL;
    var before = last.map(Endpoints::ports).orElse(usual);
    var starting =
        new Starting<>(
            "Kafka",
            "; after a kill it waits until the session of the killed broker has expired",
            () ->
                opened.add(
                    KAFKA,
                    EmbeddedKafka.start(
                        directory.resolve(KAFKA),
                        Ports.preferably(usual.kafka(), before.kafka()),
                        Map.of())));
    try {
      var postgres =
          opened.add(
              "PostgreSQL",
              EmbeddedPostgres.start(
                  directory.resolve(POSTGRES), Ports.preferably(postgresPorts(last)), progress));
      postgres.createDatabase(DATABASE);
      postgres.createDatabase(REGISTRY);
      var registry =
          opened.add(
              "the schema registry",
              EmbeddedRegistry.start(
                  registryHome,
                  postgres,
                  REGISTRY,
                  Ports.preferably(usual.registry(), before.registry()),
                  directory.resolve(REGISTRY),
                  progress));
      return new Servers(starting.await(progress), postgres, registry);
    } catch (IOException | RuntimeException e) {
      starting.awaitQuietly();
      throw e;
    }
  }

  /// Definitions name its port: those it has had go before the usual one.
  private static Integer[] postgresPorts(Optional<Endpoints> last) {
    return Stream.concat(
            last.stream().flatMap(l -> l.postgresPorts().stream()),
            Stream.of(Endpoints.USUAL.postgres()))
        .toArray(Integer[]::new);
  }

  /// Ends what a killed run left behind on the directory, and nothing else.
  static void endOrphans(Path directory, Consumer<String> progress) throws IOException {
    EmbeddedRegistry.endOrphan(directory.resolve(REGISTRY))
        .ifPresent(pid -> progress.accept(ended("the schema registry", pid)));
    EmbeddedPostgres.endOrphan(directory.resolve(POSTGRES))
        .ifPresent(pid -> progress.accept(ended("PostgreSQL", pid)));
  }

  private static String ended(String server, long pid) {
    return "%s of a run that was killed (process %d) was still running and has been ended"
        .formatted(server, pid);
  }

  /// Ends the processes on the directory at once; nothing committed is lost.
  static void abort(Path directory) throws IOException {
    EmbeddedRegistry.endOrphan(directory.resolve(REGISTRY));
    EmbeddedPostgres.abort(directory.resolve(POSTGRES));
  }
}
