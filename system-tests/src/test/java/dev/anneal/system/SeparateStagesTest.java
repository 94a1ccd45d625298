package dev.anneal.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.anneal.embedded.EmbeddedKafka;
import dev.anneal.embedded.EmbeddedPostgres;
import dev.anneal.embedded.EmbeddedRegistry;
import dev.anneal.embedded.Ports;
import dev.anneal.schemas.Topics;
import dev.anneal.standalone.ControlClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The stages as production runs them: each a process of its own that knows the others by Kafka
/// only.
class SeparateStagesTest {
  private static final Duration LIMIT = Duration.ofSeconds(120);
  private static final int ROWS = 50;

  /// Each stage's main, in no order that the test relies on.
  private static final List<String> MAINS =
      List.of(
          "dev.anneal.ingest.IngestApplication",
          "dev.anneal.featurestream.FeatureStreamApplication",
          "dev.anneal.trainer.TrainerApplication",
          "dev.anneal.deployer.DeployerApplication",
          "dev.anneal.notifier.NotifierApplication",
          "dev.anneal.control.ControlApplication");

  @TempDir private Path directory;
  private final List<Process> processes = new ArrayList<>();

  @AfterEach
  void end() {
    processes.forEach(Process::destroyForcibly);
    await().until(() -> processes.stream().noneMatch(Process::isAlive));
  }

  @Test
  void rowsBecomeFeaturesThroughProcessesOfTheirOwn() throws Exception {
    try (var kafka = EmbeddedKafka.start(directory.resolve("kafka"));
        var postgres = EmbeddedPostgres.start(directory.resolve("postgres"))) {
      postgres.createDatabase("anneal");
      postgres.createDatabase("registry");
      postgres.createDatabase("plant");
      Path home = Path.of(System.getProperty("anneal.registry.home"));
      try (var registry =
          EmbeddedRegistry.launch(
              home, postgres.jdbcUrl("registry"), Ports.free(), directory.resolve("registry"))) {
        registry.awaitReady(LIMIT);
        fillPlant(postgres);
        int controlPort = Ports.free();
        for (String main : MAINS) {
          int port = main.endsWith("ControlApplication") ? controlPort : Ports.free();
          processes.add(start(main, kafka, postgres, registry, port));
        }

        // When
        var control = new ControlClient(URI.create("http://127.0.0.1:" + controlPort));
        await()
            .atMost(LIMIT)
            .ignoreExceptions()
            .until(() -> control.apply("plant", definition(postgres.port())).isObject());

        // Then
        await()
            .atMost(LIMIT)
            .ignoreExceptions()
            .untilAsserted(() -> assertThat(features(kafka)).as(logs()).isEqualTo(ROWS));
        for (var topic : List.of(Topics.LIFECYCLE, Topics.telemetry("plant"))) {
          assertThat(get(registry.url() + "/config/" + topic.subject()))
              .contains("BACKWARD_TRANSITIVE");
        }
      }
    }
  }

  private static String get(String address) throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      var request = HttpRequest.newBuilder(URI.create(address)).build();
      return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }
  }

  private static void fillPlant(EmbeddedPostgres postgres) throws Exception {
    try (var connection = DriverManager.getConnection(postgres.jdbcUrl("plant"));
        var statement = connection.createStatement()) {
      statement.execute(
          "create table t (id serial primary key, asset text, at timestamptz, temp float8)");
      statement.execute("create table f (id serial primary key, asset text, at timestamptz)");
      statement.execute(
          "insert into t (asset, at, temp) select 'A', timestamptz '2026-01-01' + i * interval '1 min', i"
              + " from generate_series(1, %d) i".formatted(ROWS));
    }
  }

  private String definition(int port) throws IOException {
    Path password = directory.resolve("password");
    Files.writeString(password, "postgres");
    return """
        organization: plant
        scadaDbConfig: {host: 127.0.0.1, port: %d, database: plant, user: postgres, passwordFile: %s, schema: public, tables: ["t"]}
        schemaConfig:
          assetColumn: asset
          timeColumn: at
          continuousColumns: [temp]
          rollingWindows: [5]
          outcomes: {table: f, assetColumn: asset, timeColumn: at}
        models:
          - {name: m, task: binary, target: {failureWithin: 1h}, features: [temp]}
        """
        .formatted(port, password);
  }

  private Process start(
      String main,
      EmbeddedKafka kafka,
      EmbeddedPostgres postgres,
      EmbeddedRegistry registry,
      int port)
      throws IOException {
    var builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            main);
    // by environment, as docker-compose.yml does
    builder
        .environment()
        .putAll(
            Map.of(
                "CLASSPATH", System.getProperty("java.class.path"),
                "SPRING_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers(),
                "ANNEAL_REGISTRY_URL", registry.url().toString(),
                "SPRING_DATASOURCE_URL", postgres.jdbcUrl("anneal"),
                "SPRING_DATASOURCE_USERNAME", "postgres",
                "SPRING_DATASOURCE_PASSWORD", "postgres",
                "ANNEAL_ARTIFACTS_URI", directory.resolve("artifacts").toUri().toString(),
                "ANNEAL_FEATURESTREAM_STATEDIRECTORY", directory.resolve("streams").toString(),
                "SERVER_PORT", Integer.toString(port)));
    Path log = directory.resolve(main + ".log");
    return builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
  }

  /// What the stages said, for when the test fails.
  private String logs() throws IOException {
    var text = new StringBuilder();
    for (String main : MAINS) {
      var lines = Files.readAllLines(directory.resolve(main + ".log"));
      text.append(main).append('\n');
      lines
          .subList(Math.max(0, lines.size() - 15), lines.size())
          .forEach(l -> text.append("  ").append(l).append('\n'));
    }
    return text.toString();
  }

  private static int features(EmbeddedKafka kafka) {
    String topic = Topics.features("plant", "m").name();
    Map<String, Object> settings =
        Map.of("bootstrap.servers", kafka.bootstrapServers(), "isolation.level", "read_committed");
    try (var consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
      var partitions =
          consumer.partitionsFor(topic).stream()
              .map(p -> new TopicPartition(topic, p.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      int count = 0;
      for (var batch = consumer.poll(Duration.ofSeconds(2)); !batch.isEmpty(); ) {
        count += batch.count();
        batch = consumer.poll(Duration.ofSeconds(1));
      }
      return count;
    }
  }
}
