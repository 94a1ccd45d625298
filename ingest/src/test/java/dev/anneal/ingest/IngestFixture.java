package dev.anneal.ingest;

import dev.anneal.embedded.EmbeddedKafka;
import dev.anneal.embedded.EmbeddedPostgres;
import dev.anneal.events.Alert;
import dev.anneal.events.DeadLetter;
import dev.anneal.events.Definition;
import dev.anneal.events.Outcome;
import dev.anneal.schemas.AvroSerde;
import dev.anneal.schemas.InMemoryRegistry;
import dev.anneal.schemas.RegistryServer;
import dev.anneal.schemas.RowCodec;
import dev.anneal.schemas.SchemaRegistry;
import dev.anneal.schemas.Stage;
import dev.anneal.schemas.Topic;
import dev.anneal.schemas.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;

/// Kafka, PostgreSQL with an app database, and ingest itself as it is started in production.
final class IngestFixture implements AutoCloseable {
  static final String APP = "anneal";
  private static final String CONTROL =
      """
      create schema if not exists control;
      create table if not exists control.organization (
        name text primary key, document jsonb not null, changed_at timestamptz not null default now());
      create table if not exists control.model (
        organization text not null, name text not null, document jsonb not null,
        changed_at timestamptz not null default now(), primary key (organization, name));
      """;

  private final Path directory;
  private final InMemoryRegistry registry = new InMemoryRegistry();
  private final EmbeddedKafka kafka;
  private final EmbeddedPostgres postgres;
  private @Nullable ConfigurableApplicationContext ingest;

  IngestFixture(Path directory) throws IOException {
    this.directory = directory;
    kafka = EmbeddedKafka.start(directory.resolve("kafka"));
    postgres = EmbeddedPostgres.start(directory.resolve("postgres"));
    postgres.createDatabase(APP);
  }

  EmbeddedPostgres postgres() {
    return postgres;
  }

  void createControlTables() throws SQLException {
    execute(APP, CONTROL);
  }

  void startIngest() {
    ingest = startAnotherIngest();
  }

  ConfigurableApplicationContext startAnotherIngest() {
    return IngestApplication.application()
        .initializers(
            context ->
                ((org.springframework.context.support.GenericApplicationContext) context)
                    .registerBean(SchemaRegistry.class, () -> registry))
        .run(arguments());
  }

  private String[] arguments() {
    return new String[] {
      "--spring.kafka.bootstrap-servers=" + kafka.bootstrapServers(),
      "--spring.datasource.url=" + postgres.jdbcUrl(APP),
      "--spring.main.banner-mode=off",
      "--spring.main.register-shutdown-hook=false",
      "--anneal.ingest.sources.secrets-directory=" + secrets(),
      "--anneal.ingest.first-backoff=100ms",
      "--anneal.ingest.longest-backoff=1s",
      "--anneal.ingest.table-check=300ms",
      "--anneal.ingest.alert-after=500ms",
      "--anneal.ingest.heartbeat=500ms"
    };
  }

  /// Ingest in a JVM of its own, to be killed.
  Process startIngestProcess(RegistryServer server, Path log) throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path")));
    command.add(IngestApplication.class.getName());
    command.addAll(List.of(arguments()));
    command.add("--anneal.registry.url=" + server.url());
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }

  RegistryServer registryServer() throws IOException {
    return new RegistryServer(registry);
  }

  void stopIngest() {
    if (ingest != null) {
      ingest.close();
      ingest = null;
    }
  }

  <T> T bean(Class<T> type) {
    if (ingest == null) {
      throw new IllegalStateException("ingest does not run");
    }
    return ingest.getBean(type);
  }

  void execute(String database, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(postgres.jdbcUrl(database));
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  List<String> query(String database, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(postgres.jdbcUrl(database));
        var statement = connection.createStatement();
        var row = statement.executeQuery(sql)) {
      var answers = new ArrayList<String>();
      while (row.next()) {
        answers.add(row.getString(1));
      }
      return answers;
    }
  }

  /// Inserts or replaces an organization whose SCADA database is in the same server.
  void define(String organization, String document) throws SQLException {
    try (Connection connection = DriverManager.getConnection(postgres.jdbcUrl(APP));
        var statement =
            connection.prepareStatement(
                """
                insert into control.organization (name, document) values (?, ?::jsonb)
                on conflict (name) do update set document = excluded.document, changed_at = now()
                """)) {
      statement.setString(1, organization);
      statement.setString(2, document);
      statement.executeUpdate();
    }
  }

  String organization(String name, String database, String tables) {
    writePassword(name);
    return """
        {"name": "%s",
         "source": {"host": "127.0.0.1", "port": %d, "database": "%s", "user": "postgres",
                    "passwordFile": "password", "tables": ["%s"]},
         "assetColumn": "machine_id", "timeColumn": "ts", "qualityColumn": "quality",
         "sensors": [{"column": "temp", "name": "temperature", "unitConversion": "°F → °C"},
                     {"column": "vib", "name": "vibration"}],
         "outcomes": {"table": "failures", "assetColumn": "machine_id", "timeColumn": "failed_at"}}
        """
        .formatted(name, postgres.port(), database, tables);
  }

  private void writePassword(String organization) {
    try {
      Path secrets = Files.createDirectories(secrets().resolve(organization));
      Files.writeString(secrets.resolve("password"), postgres.password());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path secrets() {
    return directory.resolve("secrets");
  }

  List<ConsumerRecord<String, RowCodec.Row>> telemetry(String organization) {
    return telemetry(organization, List.of("temperature", "vibration"));
  }

  List<ConsumerRecord<String, RowCodec.Row>> telemetry(String organization, List<String> sensors) {
    var codec = RowCodec.telemetry(organization, sensors, registry);
    return read(Topics.telemetry(organization), codec::decode);
  }

  List<ConsumerRecord<String, Outcome>> outcomes(String organization, String kind) {
    return events(Topics.outcomes(organization)).stream()
        .filter(record -> record.value().getKind().equals(kind))
        .toList();
  }

  List<DeadLetter> deadLetters(String code) {
    return deadLetters().stream().filter(letter -> letter.getCode().equals(code)).toList();
  }

  List<DeadLetter> deadLetters() {
    return events(Topics.deadLetters(Stage.INGEST)).stream().map(ConsumerRecord::value).toList();
  }

  /// Every alert record about the organization, oldest first.
  List<Alert> alerts(String organization) {
    return events(Topics.ALERTS).stream()
        .map(ConsumerRecord::value)
        .filter(alert -> alert.getOrganization().equals(organization))
        .toList();
  }

  /// The newest definition of each key; null where it was removed.
  Map<String, @Nullable Definition> definitions() {
    var newest = new HashMap<String, @Nullable Definition>();
    events(Topics.MODELS).forEach(record -> newest.put(record.key(), record.value()));
    return newest;
  }

  private <V extends SpecificRecord> List<ConsumerRecord<String, V>> events(Topic<V> topic) {
    var deserializer = new AvroSerde<>(topic.type(), registry).deserializer();
    return read(topic, bytes -> deserializer.deserialize(topic.name(), bytes));
  }

  private <V> List<ConsumerRecord<String, V>> read(Topic<?> topic, Function<byte[], V> decode) {
    Map<String, Object> properties = Map.of("bootstrap.servers", kafka.bootstrapServers());
    try (var consumer =
        new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer())) {
      if (!consumer.listTopics().containsKey(topic.name())) {
        return List.of();
      }
      var partitions =
          consumer.partitionsFor(topic.name()).stream()
              .map(p -> new TopicPartition(topic.name(), p.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var ends = consumer.endOffsets(partitions);
      var records = new ArrayList<ConsumerRecord<String, V>>();
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        for (var record : consumer.poll(Duration.ofMillis(100))) {
          records.add(
              new ConsumerRecord<>(
                  record.topic(),
                  record.partition(),
                  record.offset(),
                  record.timestamp(),
                  record.timestampType(),
                  0,
                  0,
                  record.key(),
                  decode.apply(record.value()),
                  record.headers(),
                  java.util.Optional.empty()));
        }
      }
      return records;
    }
  }

  @Override
  public void close() throws IOException {
    stopIngest();
    postgres.close();
    kafka.close();
  }
}
