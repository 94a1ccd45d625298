package dev.anneal.standalone;

import dev.anneal.embedded.EmbeddedPostgres;
import dev.anneal.embedded.Ports;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// A running Anneal in this JVM, its data under one directory, which it holds alone. What was
/// started is closed in the reverse order.
public final class Standalone implements AutoCloseable {
  /// Of every Kafka client that is in a group: a start after a kill goes on at once where the
  /// killed one was, and does not wait until its session ends.
  private static final String INSTANCE = "standalone";

  private final Opened opened;
  private final Path directory;
  private final Endpoints endpoints;
  private final EmbeddedPostgres postgres;

  /// Another Anneal runs on the directory.
  static final class AlreadyRunning extends IOException {
    AlreadyRunning(Path directory) {
      super(
          "an Anneal already runs on %s; stop it first, or choose another --data-dir"
              .formatted(directory));
    }
  }

  private Standalone(
      Opened opened, Path directory, Endpoints endpoints, EmbeddedPostgres postgres) {
    this.opened = opened;
    this.directory = directory;
    this.endpoints = endpoints;
    this.postgres = postgres;
  }

  /// @param directory created where it does not exist; nobody but its owner can use it from then on
  /// @param registryHome the schema registry's unpacked distribution
  /// @param settings of the stages that differ from their defaults,
  ///     `anneal.notifier.channel=#pumps`
  /// @param progress receives each step, and what a long start waits for, for people
  /// @throws AlreadyRunning when another process holds the directory
  /// @throws IOException when something does not start, in one line; what had started is stopped
  ///     again
  public static Standalone start(
      Path directory, Path registryHome, List<String> settings, Consumer<String> progress)
      throws IOException {
    Place.make(directory);
    var opened = new Opened();
    try {
      return start(
          opened, directory.toAbsolutePath().normalize(), registryHome, settings, progress);
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  private static Standalone start(
      Opened opened,
      Path directory,
      Path registryHome,
      List<String> settings,
      Consumer<String> progress)
      throws IOException {
    hold(directory, opened);
    Servers.endOrphans(directory, progress);
    var last = Endpoints.last(directory);
    var usual = Endpoints.USUAL;
    var before = last.map(Endpoints::ports).orElse(usual);
    var control =
        opened.add(
            "control's port",
            Ports.preferably(usual.control(), before.control()).take().answerStarting());
    var deployer =
        opened.add(
            "the deployer's port",
            Ports.preferably(usual.deployer(), before.deployer()).take().answerStarting());
    progress.accept("starting Kafka, PostgreSQL and the schema registry");
    var servers = Servers.start(directory, registryHome, last, opened, progress);
    progress.accept("starting the stages");
    var chosen = endpoints(servers, control.port(), deployer.port(), last);
    var stages = new Stages(arguments(chosen, servers, directory, settings), opened, progress);
    var web = stages.start(control, deployer);
    var endpoints = endpoints(servers, web.getFirst(), web.getLast(), last);
    endpoints.unusual().forEach(progress);
    endpoints.save(directory);
    return new Standalone(opened, directory, endpoints, servers.postgres());
  }

  private static Endpoints endpoints(
      Servers servers, int control, int deployer, Optional<Endpoints> last) {
    return Endpoints.of(
        new Endpoints.ServerPorts(
            servers.kafka().port(),
            servers.registry().port(),
            control,
            deployer,
            servers.postgres().port()),
        last);
  }

  public Endpoints endpoints() {
    return endpoints;
  }

  public Path directory() {
    return directory;
  }

  /// Has a directory for each organization with the files that its definition names.
  public Path secrets() {
    return directory.resolve(Place.SECRETS);
  }

  public EmbeddedPostgres postgres() {
    return postgres;
  }

  @SuppressWarnings("resource") // the channel holds the lock and is closed with everything else
  private static void hold(Path directory, Opened opened) throws IOException {
    var channel =
        FileChannel.open(
            directory.resolve(Place.LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    opened.add("the data directory", channel);
    if (!lock(channel)) {
      throw new AlreadyRunning(directory);
    }
  }

  private static boolean lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException _) {
      return false; // held by this very process
    }
  }

  private static List<String> arguments(
      Endpoints endpoints, Servers servers, Path directory, List<String> settings) {
    var arguments =
        new ArrayList<>(
            List.of(
                "--spring.kafka.bootstrap-servers=" + endpoints.bootstrapServers(),
                "--anneal.registry.url=" + endpoints.registry(),
                "--spring.datasource.url=jdbc:postgresql://127.0.0.1:%d/%s"
                    .formatted(endpoints.postgresPort(), Servers.DATABASE),
                "--spring.datasource.username=postgres",
                "--spring.datasource.password=" + servers.postgres().password(),
                "--anneal.artifacts.uri=" + directory.resolve("artifacts").toUri(),
                "--anneal.ingest.sources.secrets-directory=" + directory.resolve(Place.SECRETS),
                "--anneal.trainer.work-directory=" + directory.resolve("training"),
                "--anneal.trainer.sole=true",
                "--anneal.feature-stream.instance-id=" + INSTANCE,
                "--spring.kafka.consumer.properties.group.instance.id=" + INSTANCE,
                "--anneal.feature-stream.state-directory=" + directory.resolve("streams"),
                "--spring.main.banner-mode=off",
                "--spring.main.register-shutdown-hook=false"));
    endpoints
        .movedPorts()
        .forEach(
            (from, to) -> arguments.add("--anneal.ingest.moved-ports.%d=%d".formatted(from, to)));
    settings.forEach(s -> arguments.add("--" + s));
    return arguments;
  }

  /// What is being stopped now; empty where nothing is.
  String closing() {
    return opened.closing();
  }

  /// Stops the stages, then the servers. What fails to stop does not keep the rest from stopping.
  @Override
  public void close() {
    opened.close();
  }
}
