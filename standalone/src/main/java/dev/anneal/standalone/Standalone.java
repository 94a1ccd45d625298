package dev.anneal.standalone;

import dev.anneal.control.ControlApplication;
import dev.anneal.deployer.DeployerApplication;
import dev.anneal.embedded.EmbeddedKafka;
import dev.anneal.embedded.EmbeddedPostgres;
import dev.anneal.embedded.EmbeddedRegistry;
import dev.anneal.featurestream.FeatureStreamApplication;
import dev.anneal.ingest.IngestApplication;
import dev.anneal.notifier.NotifierApplication;
import dev.anneal.trainer.TrainerApplication;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.builder.SpringApplicationBuilder;

/// A running Anneal in this JVM, its data under one directory, which it holds alone. What was
/// started is closed in the reverse order.
public final class Standalone implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Standalone.class);
  private static final Duration REGISTRY_LIMIT = Duration.ofSeconds(60);
  private static final String DATABASE = "anneal";

  /// Of every Kafka client that is in a group: a start after a kill goes on at once where the
  /// killed one was, and does not wait until its session ends.
  private static final String INSTANCE = "standalone";

  private static final String POSTGRES = "postgres";
  private static final String REGISTRY = "registry";

  private final Deque<AutoCloseable> running = new ArrayDeque<>();
  private final Endpoints endpoints;
  private final Path directory;
  private final EmbeddedPostgres postgres;

  private record Servers(
      EmbeddedKafka kafka, EmbeddedPostgres postgres, EmbeddedRegistry registry) {}

  private record StageProgram(String name, SpringApplicationBuilder program) {}

  /// Another Anneal runs on the directory.
  static final class AlreadyRunning extends IOException {
    AlreadyRunning(Path directory) {
      super(
          "an Anneal already runs on %s; stop it first, or choose another --data-dir"
              .formatted(directory));
    }
  }

  private Standalone(
      Path directory, Path registryHome, List<String> settings, Consumer<String> progress)
      throws IOException {
    hold(directory);
    this.directory = directory;
    progress.accept("looking for what an earlier run left behind");
    EmbeddedPostgres.endOrphan(directory.resolve(POSTGRES));
    EmbeddedRegistry.endOrphan(directory.resolve(REGISTRY));
    this.endpoints = Endpoints.choose(directory, progress);
    progress.accept("starting Kafka, PostgreSQL and the schema registry");
    Servers servers = startServers(directory, registryHome);
    this.postgres = servers.postgres();
    progress.accept("starting the stages");
    startStages(directory, settings);
    endpoints.save(directory);
  }

  /// @param directory made where it does not exist
  /// @param registryHome the schema registry's unpacked distribution
  /// @param settings of the stages that differ from their defaults,
  ///     `anneal.notifier.channel=#pumps`
  /// @param progress told of each step, for people
  /// @throws AlreadyRunning when another process holds the directory
  /// @throws IOException when something does not start; what had started is stopped again
  public static Standalone start(
      Path directory, Path registryHome, List<String> settings, Consumer<String> progress)
      throws IOException {
    Place.make(directory);
    return new Standalone(directory.toAbsolutePath().normalize(), registryHome, settings, progress);
  }

  public Endpoints endpoints() {
    return endpoints;
  }

  public Path directory() {
    return directory;
  }

  public EmbeddedPostgres postgres() {
    return postgres;
  }

  @SuppressWarnings("resource") // the channel holds the lock and is closed with everything else
  private void hold(Path directory) throws IOException {
    var channel =
        FileChannel.open(
            directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (!lock(channel)) {
      channel.close();
      throw new AlreadyRunning(directory);
    }
    running.push(channel);
  }

  private static boolean lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException _) {
      return false; // held by this very process
    }
  }

  private Servers startServers(Path directory, Path registryHome) throws IOException {
    int kafkaPort = endpoints.kafkaPort();
    var kafka = async(() -> EmbeddedKafka.start(directory.resolve("kafka"), kafkaPort));
    try {
      var database = EmbeddedPostgres.start(directory.resolve(POSTGRES), endpoints.postgresPort());
      running.push(database);
      database.createDatabase(DATABASE);
      database.createDatabase(REGISTRY);
      var registry =
          EmbeddedRegistry.launch(
              registryHome,
              database.jdbcUrl(REGISTRY),
              Endpoints.port(endpoints.registry()),
              directory.resolve(REGISTRY));
      running.push(registry);
      running.push(join(kafka));
      registry.awaitReady(REGISTRY_LIMIT);
      return new Servers(join(kafka), database, registry);
    } catch (IOException | RuntimeException e) {
      kafka.thenAccept(EmbeddedKafka::close);
      close();
      throw e;
    }
  }

  /// Control first, whose tables the others read; the rest side by side.
  private void startStages(Path directory, List<String> settings) throws IOException {
    var arguments =
        new ArrayList<>(
            List.of(
                "--spring.kafka.bootstrap-servers=" + endpoints.bootstrapServers(),
                "--anneal.registry.url=" + endpoints.registry(),
                "--spring.datasource.url=" + postgres.jdbcUrl(DATABASE),
                "--anneal.artifacts.uri=" + directory.resolve("artifacts").toUri(),
                "--anneal.trainer.work-directory=" + directory.resolve("training"),
                "--anneal.trainer.sole=true",
                "--anneal.feature-stream.instance-id=" + INSTANCE,
                "--spring.kafka.consumer.properties.group.instance.id=" + INSTANCE,
                "--anneal.feature-stream.state-directory=" + directory.resolve("streams"),
                "--spring.main.banner-mode=off",
                "--spring.main.register-shutdown-hook=false"));
    settings.forEach(s -> arguments.add("--" + s));
    try {
      run(
          List.of(new StageProgram("control", ControlApplication.application())),
          arguments,
          endpoints.control());
      run(
          List.of(
              new StageProgram("deployer", DeployerApplication.application()),
              new StageProgram("trainer", TrainerApplication.application()),
              new StageProgram("feature-stream", FeatureStreamApplication.application()),
              new StageProgram("notifier", NotifierApplication.application()),
              new StageProgram("ingest", IngestApplication.application())),
          arguments,
          endpoints.deployer());
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private void run(List<StageProgram> programs, List<String> arguments, String web)
      throws IOException {
    var all = new ArrayList<>(arguments);
    all.add("--server.port=" + Endpoints.port(web));
    var contexts =
        programs.stream()
            .map(p -> async(() -> p.program().run(all.toArray(String[]::new))))
            .toList();
    var failures = new ArrayList<IOException>();
    for (var context : contexts) {
      try {
        running.push(join(context));
      } catch (IOException e) {
        failures.add(e);
      }
    }
    if (!failures.isEmpty()) {
      throw failures.getFirst();
    }
  }

  private interface Start<T> {
    T get() throws IOException;
  }

  private static <T> CompletableFuture<T> async(Start<T> start) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return start.get();
          } catch (IOException e) {
            throw new CompletionException(e);
          }
        },
        task -> Thread.ofPlatform().name("start").start(task));
  }

  private static <T> T join(CompletableFuture<T> future) throws IOException {
    try {
      return future.join();
    } catch (CompletionException e) {
      throw new IOException("cannot start: " + e.getCause(), e.getCause());
    }
  }

  /// Stops the stages, then the servers. What fails to stop does not keep the rest from stopping.
  @Override
  public void close() {
    while (!running.isEmpty()) {
      try {
        running.pop().close();
      } catch (Exception e) {
        LOG.warn("did not stop cleanly", e);
      }
    }
  }
}
