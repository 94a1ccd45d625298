package dev.anneal.bench.features;

import dev.anneal.bench.Progress;
import dev.anneal.bench.features.Contestant.Site;
import dev.anneal.bench.features.Speed.Moment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// One broker, one topic full of telemetry, and contestants one after the other.
final class Race implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(20);
  private static final Duration LIMIT = Duration.ofMinutes(3);

  /// Of the output: with gigabytes of it, what a broker's write costs depends on where the kernel
  /// finds memory, and so on who ran before.
  private static final Map<String, String> KEPT =
      Map.of("retention.bytes", Long.toString(128L << 20));

  private final Profile profile;
  private final Path directory;
  private final Cluster cluster;
  private final RegistryServer registry;
  private final Telemetry telemetry;
  private final double bytesPerRow;
  private int runs;

  private Race(
      Profile profile,
      Path directory,
      Cluster cluster,
      RegistryServer registry,
      Telemetry telemetry,
      double bytesPerRow) {
    this.profile = profile;
    this.directory = directory;
    this.cluster = cluster;
    this.registry = registry;
    this.telemetry = telemetry;
    this.bytesPerRow = bytesPerRow;
  }

  /// @param rows of telemetry
  static Race prepare(Profile profile, int rows, Path directory) throws IOException {
    Progress.say("profile %s: a broker, and %,d rows of telemetry", profile, rows);
    var cluster = Cluster.start(Files.createDirectories(directory));
    try {
      var registry = new RegistryServer();
      AnnealStream.createTopics(cluster);
      AnnealStream.define(cluster, registry, profile);
      var telemetry = new Telemetry(profile, registry.registry());
      double bytes = fill(cluster, telemetry, rows);
      return new Race(profile, directory, cluster, registry, telemetry, bytes);
    } catch (IOException | RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  private static double fill(Cluster cluster, Telemetry telemetry, int rows) {
    long bytes = 0;
    try (var producer =
        new KafkaProducer<>(
            Clients.producer(cluster.bootstrapServers()),
            new StringSerializer(),
            new ByteArraySerializer())) {
      for (int i = 0; i < rows; i++) {
        var row = telemetry.next();
        bytes += row.bytes();
        producer.send(
            new ProducerRecord<>(
                AnnealStream.input(), 0, row.timeMillis(), row.asset(), row.value()));
      }
    }
    return bytes / (double) rows;
  }

  /// Key and value of a telemetry row.
  double bytesPerRow() {
    return bytesPerRow;
  }

  /// How late features are at 5,000 rows a second, and what state that writes: as in life, few rows
  /// of an asset fall into one commit.
  record PacedOutcome(Paced.Latency latency, double stateShare) {}

  PacedOutcome pace(Contestant.Kind kind, int rows) throws IOException {
    var contestant = new Contestant("paced", kind, rows, 0);
    AnnealStream.createOutput(cluster, Map.of());
    var site = site(AnnealStream.output());
    try (var _ = Child.start("paced-" + kind, contestant.program(site), directory)) {
      var latency = new Paced(cluster.bootstrapServers(), rows).run(telemetry, site.output());
      double state = cluster.bytes(AnnealStream::isState);
      return new PacedOutcome(latency, state / cluster.bytes(site.input()::equals));
    } finally {
      clean(contestant, site.output());
      cluster.delete(site.input()::equals);
      cluster.create(site.input(), AnnealStream.inputConfiguration());
    }
  }

  /// Trials on this broker of how fast features are made again.
  Rebuilding rebuilding() {
    return new Rebuilding(this, cluster);
  }

  /// Writes telemetry.
  void fill(int rows) {
    fill(cluster, telemetry, rows);
  }

  /// Defines the features of another profile, of the same rows.
  void define(Profile other) {
    AnnealStream.define(cluster, registry, other);
  }

  Child start(String name, Contestant contestant, Site site) throws IOException {
    return Child.start(name, contestant.program(site), directory);
  }

  Site site(String output) throws IOException {
    return new Site(
        profile,
        cluster.bootstrapServers(),
        registry.url().toString(),
        AnnealStream.input(),
        output,
        Files.createDirectories(directory.resolve("run" + runs++)));
  }

  /// What the contestant wrote to state topics, as a share of the input it read; both on disk.
  ///
  /// @param stateShare 0 where it keeps no state in Kafka
  record Outcome(Speed speed, double stateShare, double outputBytes) {}

  Outcome run(Contestant contestant) throws IOException {
    var site = site(contestant.kind().isAnneal() ? AnnealStream.output() : "bench.output." + runs);
    String output = site.output();
    if (contestant.kind().isAnneal()) {
      AnnealStream.createOutput(cluster, KEPT);
    } else {
      var configuration = new HashMap<>(KEPT);
      configuration.put("compression.type", "producer");
      cluster.create(output, configuration);
    }
    try (var child = Child.start(contestant.kind().name(), contestant.program(site), directory)) {
      await(child, output, 1);
      var from = await(child, output, contestant.warmUpRows());
      var to = await(child, output, contestant.rows());
      var speed = from.until(to);
      Progress.say(
          "%s: %,.0f rows/s, client %.2f µs, broker %.2f µs a row",
          contestant.name(), speed.rowsPerSecond(), speed.clientMicros(), speed.brokerMicros());
      double state = cluster.bytes(topic -> topic.endsWith("-changelog"));
      double share = state / (cluster.bytesPerRecord(AnnealStream.input()) * to.rows());
      return new Outcome(speed, share, cluster.bytesPerRecord(output));
    } finally {
      clean(contestant, output);
    }
  }

  void clean(Contestant contestant, String output) throws IOException {
    if (contestant.kind().isAnneal()) {
      AnnealStream.reset(cluster);
    }
    cluster.delete(topic -> topic.equals(output) || topic.endsWith("-changelog"));
  }

  Moment await(Child child, String output, long rows) throws IOException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (System.nanoTime() < end) {
      child.awaitAlive(PAUSE);
      long count = cluster.end(output);
      if (count >= rows) {
        return new Moment(System.nanoTime(), count, child.cpuMicros(), cluster.cpuMicros());
      }
    }
    throw new IOException(
        "%,d rows were not made within %s, only %,d:%n%s"
            .formatted(rows, LIMIT, cluster.end(output), child.lastLines()));
  }

  @Override
  public void close() {
    registry.close();
    cluster.close();
  }
}
