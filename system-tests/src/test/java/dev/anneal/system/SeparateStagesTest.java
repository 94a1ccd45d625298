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

  /// Written before the servers are there: Spring's banner and news, a warning of each client.
  private static final int MOST_LINES_OF_A_START = 100;

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
    await().atMost(LIMIT).until(() -> processes.stream().noneMatch(Process::isAlive));
  }

  @Test
  void rowsBecomeFeaturesThroughProcessesOfTheirOwnThatStartBeforeKafkaAndRegistry()
      throws Exception {
    int kafkaPort = Ports.free();
    int registryPort = Ports.free();
    int controlPort = Ports.free();
    try (var postgres = EmbeddedPostgres.start(directory.resolve("postgres"))) {
      postgres.createDatabase("anneal");
      postgres.createDatabase("registry");
      postgres.createDatabase("plant");
      fillPlant(postgres);
      // Given
      for (String main : MAINS) {
        int port = main.endsWith("ControlApplication") ? controlPort : Ports.free();
        processes.add(start(main, kafkaPort, postgres, registryPort, port));
      }
      awaitEveryLogWith("the start waits for Kafka at 127.0.0.1:" + kafkaPort);
      for (String main : MAINS) {
        assertThat(log(main)).as(main).hasSizeLessThan(MOST_LINES_OF_A_START);
      }
      Path home = Path.of(System.getProperty("anneal.registry.home"));
      try (var kafka =
          EmbeddedKafka.start(directory.resolve("kafka"), Ports.exactly(kafkaPort), Map.of())) {
        awaitEveryLogWith("the start waits for the schema registry at http://127.0.0.1:");
        try (var registry =
            EmbeddedRegistry.start(
                home,
                postgres,
                "registry",
                Ports.exactly(registryPort),
                directory.resolve("registry"),
                _ -> {})) {

          // When
          var control = new ControlClient(URI.create("http://127.0.0.1:" + controlPort));
          await()
              .atMost(LIMIT)
              .ignoreExceptions()
              .until(() -> control.apply("plant", definition(postgres)).isObject());

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
  }

  private void awaitEveryLogWith(String words) {
    for (String main : MAINS) {
      await()
          .atMost(LIMIT)
          .untilAsserted(
              () -> assertThat(log(main)).as(main).anyMatch(line -> line.contains(words)));
    }
  }

  private List<String> log(String main) throws IOException {
    return Files.readAllLines(directory.resolve(main + ".log"));
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

  private String definition(EmbeddedPostgres postgres) throws IOException {
    Path secrets = Files.createDirectories(directory.resolve("secrets/plant"));
    Files.writeString(secrets.resolve("password"), postgres.password());
    return """
        organization: plant
        scadaDbConfig: {host: 127.0.0.1, port: %d, database: plant, user: postgres, passwordFile: password, schema: public, tables: ["t"]}
        schemaConfig:
          assetColumn: asset
          timeColumn: at
          continuousColumns: [temp]
          rollingWindows: [5]
          outcomes: {table: f, assetColumn: asset, timeColumn: at}
        models:
          - {name: m, task: binary, target: {failureWithin: 1h}, features: [temp]}
        """
        .formatted(postgres.port());
  }

  private Process start(
      String main, int kafkaPort, EmbeddedPostgres postgres, int registryPort, int port)
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
                "SPRING_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:" + kafkaPort,
                "ANNEAL_REGISTRY_URL",
                    "http://127.0.0.1:%d/apis/ccompat/v7".formatted(registryPort),
                "SPRING_DATASOURCE_URL", postgres.jdbcUrl("anneal"),
                "SPRING_DATASOURCE_USERNAME", "postgres",
                "SPRING_DATASOURCE_PASSWORD", postgres.password(),
                "ANNEAL_ARTIFACTS_URI", directory.resolve("artifacts").toUri().toString(),
                "ANNEAL_FEATURESTREAM_STATEDIRECTORY", directory.resolve("streams").toString(),
                "SERVER_PORT", Integer.toString(port),
                // the command line's logback.xml, on this class path, is for errors only
                "LOGGING_LEVEL_DEV_ANNEAL", "info"));
    builder
        .environment()
        .put("ANNEAL_INGEST_SOURCES_SECRETSDIRECTORY", directory.resolve("secrets").toString());
    Path log = directory.resolve(main + ".log");
    return builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
  }

  /// What the stages said, for when the test fails.
  private String logs() throws IOException {
    var text = new StringBuilder();
    for (String main : MAINS) {
      var lines = log(main);
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
