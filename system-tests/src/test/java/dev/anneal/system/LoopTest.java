package dev.anneal.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.anneal.events.DeadLetter;
import dev.anneal.schemas.AvroSerde;
import dev.anneal.schemas.HttpSchemaRegistry;
import dev.anneal.schemas.Stage;
import dev.anneal.schemas.Topics;
import dev.anneal.standalone.Standalone;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The whole system on its embedded servers: the demo's story once, an Anneal on what it left that
/// is killed, then one that goes on.
class LoopTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LIMIT = Duration.ofSeconds(120);

  @TempDir private static Path directory;
  private static JsonNode story;
  private static Standalone anneal;

  @BeforeAll
  static void runTheDemoThenStartAgain() throws IOException {
    Cli demo = Cli.run("demo", "--once", "--data-dir", directory.toString());
    assertThat(demo.exit()).as(demo.all()).isZero();
    story = JSON.readTree(demo.out().lines().reduce("", (_, line) -> line));
    stopOneThatRuns();
    killOneThatRuns();
    anneal =
        Standalone.start(
            directory, Path.of(System.getProperty("anneal.registry.home")), List.of(), _ -> {});
  }

  /// SIGTERM, which does what Ctrl-C does.
  private static void stopOneThatRuns() throws IOException {
    Process process = up(directory.resolve("stopped.log"));
    process.destroy();
    await().atMost(LIMIT).until(() -> !process.isAlive());
    assertThat(Files.readString(directory.resolve("stopped.log"))).contains("] stopped");
  }

  /// Its PostgreSQL and registry live on.
  private static void killOneThatRuns() throws IOException {
    Process process = up(directory.resolve("killed.log"));
    process.destroyForcibly();
    await().atMost(LIMIT).until(() -> !process.isAlive());
  }

  /// An Anneal in a process of its own that has started.
  private static Process up(Path log) throws IOException {
    var up = Up.start(directory, log);
    await().atMost(LIMIT).until(up::isStarted);
    return up.process();
  }

  @AfterAll
  static void stop() {
    if (anneal != null) {
      anneal.close();
    }
  }

  @Test
  void demoTellsTheWholeStory() {
    assertThat(story.get("telemetryRows").asLong()).isGreaterThan(100_000);
    assertThat(story.get("featureRows").asLong()).isGreaterThan(100_000);
    assertThat(story.get("modelsTrained").asLong()).isGreaterThanOrEqualTo(3);
    assertThat(story.get("driftDetected").asLong()).isGreaterThanOrEqualTo(1);
    assertThat(story.get("modelsDeployed").asLong()).isGreaterThanOrEqualTo(3);
    assertThat(story.get("predictions").asLong()).isGreaterThan(1_000);
    assertThat(story.get("notifications").asLong()).isGreaterThanOrEqualTo(3);
    assertThat(story.get("deadLetters").asLong()).isZero();
    assertThat(story.get("firstModelSeconds").asDouble()).isPositive();
    assertThat(story.get("driftToDeployedSeconds").asDouble()).isPositive();
  }

  @Test
  void modelsServeAfterAKillAndARestart() throws Exception {
    String body =
        "{\"rows\":[{\"temperature\":60.0,\"pressure\":6.2,\"vibration\":2.4,\"current\":31.0}]}";
    var response =
        post(
            anneal.endpoints().deployer() + "/api/models/pump-failure/predict?organization=acme",
            body);

    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    JsonNode answer = JSON.readTree(response.body());
    assertThat(answer.get("version").asText()).startsWith("v");
    assertThat(answer.get("predictions").get(0).get("probability").asDouble()).isBetween(0.0, 1.0);
    // as deployed, or as previous where a training has come to its end since
    assertThat(Cli.run("status", "--data-dir", directory.toString()).out())
        .contains("pump-failure")
        .contains(answer.get("version").asText());
  }

  @Test
  void rowsWrittenAfterAKillAreScored() throws Exception {
    // Given
    long before = records(Topics.predictions("acme").name());

    // When a row comes that is newer than all the demo wrote
    try (var connection = DriverManager.getConnection(anneal.postgres().jdbcUrl("acme"));
        var statement = connection.createStatement()) {
      statement.execute(
          "insert into readings (machine_id, ts, temp, press, vib, amps, quality)"
              + " select 'PU-01', max(ts) + interval '15 minutes', 140, 90, 0.1, 31, 192 from readings");
    }

    // Then
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () -> assertThat(records(Topics.predictions("acme").name())).isGreaterThan(before));
  }

  @Test
  void aSecondAnnealOnTheDirectorySaysSo() {
    Cli second = Cli.run("up", "--data-dir", directory.toString());

    assertThat(second.exit()).isEqualTo(1);
    assertThat(second.err()).contains("already runs on").contains("--data-dir");
  }

  @Test
  void anUnknownModelIsAnErrorOfTheCommandAndALifecycleEvent() {
    Cli train =
        Cli.run(
            "train",
            "--data-dir",
            directory.toString(),
            "--org",
            "acme",
            "--model",
            "no-such-model");

    assertThat(train.exit()).isEqualTo(1);
    assertThat(train.err()).contains("unknown-model").contains("no-such-model");
    assertThat(train.out()).contains("TrainingFailed");
  }

  @Test
  void aDefinitionWithErrorsNamesThemAllWithTheirPath() throws IOException {
    Path file = directory.resolve("broken.yaml");
    Files.writeString(
        file,
        """
        organization: broken
        scadaDbConfig: {host: db, port: 99999, database: x, user: u, password: secret, tables: [t]}
        schemaConfig: {assetColumn: a, timeColumn: t, continuousColumns: [x], columnMapping: {y: temp}}
        models:
          - name: m
            task: binary
            features: [nope]
            trainingSchedule: {pattern: "61 * * * *", timezone: Mars/Olympus}
        """);

    Cli apply = Cli.run("apply", "--data-dir", directory.toString(), file.toString());

    assertThat(apply.exit()).isEqualTo(1);
    assertThat(apply.err())
        .contains("scadaDbConfig.port")
        .contains("scadaDbConfig.password")
        .contains("schemaConfig.columnMapping")
        .contains("models[0].features")
        .contains("models[0].trainingSchedule");
  }

  @Test
  void malformedAvroGoesToTheDeadLettersAndTheRestGoesOn() throws Exception {
    // When a client sends JSON where Avro belongs
    var settings =
        Map.<String, Object>of("bootstrap.servers", anneal.endpoints().bootstrapServers());
    try (var producer =
        new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
      byte[] json = "{\"model\":\"pump-failure\"}".getBytes(StandardCharsets.UTF_8);
      producer
          .send(new ProducerRecord<>(Topics.TRAIN_REQUESTS.name(), "acme/pump-failure", json))
          .get();
    }

    // Then
    var topic = Topics.deadLetters(Stage.TRAINER).name();
    var registry = new HttpSchemaRegistry(URI.create(anneal.endpoints().registry()));
    var serde = new AvroSerde<>(DeadLetter.class, registry).deserializer();
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () ->
                assertThat(read(topic).stream().map(bytes -> serde.deserialize(topic, bytes)))
                    .anySatisfy(
                        letter -> {
                          assertThat(letter.getCode()).isEqualTo("malformed-avro");
                          assertThat(letter.getTopic()).isEqualTo(Topics.TRAIN_REQUESTS.name());
                          assertThat(new String(letter.getValue().array(), StandardCharsets.UTF_8))
                              .contains("pump-failure");
                        }));
  }

  @Test
  void watchTellsTheLifecycleAndRollbackGoesBackAndForth() throws Exception {
    // Given what was told so far, and a model that was deployed twice
    long told = records(Topics.LIFECYCLE.name());
    Cli watch = cli("watch", "--from-beginning", "--limit", Long.toString(told));
    assertThat(watch.exit()).as(watch.all()).isZero();
    assertThat(watch.out()).doesNotContain("referenceProfile");
    var events = watch.jsonLines().stream().map(LoopTest::json).toList();
    assertThat(events).hasSize((int) told);
    var deployments =
        events.stream()
            .filter(e -> e.path("type").asText().equals("ModelDeployed"))
            .collect(
                Collectors.groupingBy(
                    e -> List.of(e.path("organization").asText(), e.path("model").asText())));
    var twice = deployments.entrySet().stream().filter(e -> e.getValue().size() > 1).findFirst();
    assertThat(twice).isPresent();
    String organization = twice.get().getKey().getFirst();
    String model = twice.get().getKey().getLast();
    String newest = serving(organization, model);

    // When
    Cli back = cli("rollback", "--org", organization, "--model", model);

    // Then
    assertThat(back.exit()).as(back.all()).isZero();
    JsonNode event = json(back.jsonLines().getFirst());
    assertThat(event.path("type").asText()).isEqualTo("ModelRolledBack");
    assertThat(event.at("/event/fromVersion").asText()).isEqualTo(newest);
    assertThat(event.at("/event/requestedBy").asText()).isNotEmpty();
    await().atMost(LIMIT).until(() -> !serving(organization, model).equals(newest));

    // When
    Cli forth = cli("rollback", "--org", organization, "--model", model, "--to", newest);

    // Then
    assertThat(forth.exit()).as(forth.all()).isZero();
    await().atMost(LIMIT).until(() -> serving(organization, model).equals(newest));
  }

  @Test
  void cancelSaysThatThereIsNothingToCancel() {
    Cli cancel =
        cli("cancel", "--org", "acme", "--model", "pump-failure", "--request", "no-such-request");

    assertThat(cancel.exit()).as(cancel.all()).isEqualTo(1);
    assertThat(cancel.all())
        .contains("no training of acme/pump-failure runs or waits for request no-such-request");
  }

  @Test
  void trainWaitsUntilTheModelServes() throws Exception {
    // Given a model of its own, which whatever was learned may serve
    Path file = directory.resolve("waited-for.yaml");
    Files.writeString(
        file,
        secondModel().replace("name: second", "name: waited-for")
            + "    gate: {minAccuracy: 0, minPrecision: 0, minRecall: 0, maxLatency: 10s}\n");
    Cli apply = cli("apply", file.toString());
    assertThat(apply.exit()).as(apply.all()).isZero();

    // When
    Cli train =
        cli("train", "--org", "acme", "--model", "waited-for", "--wait", "--timeout", "PT2M");

    // Then
    assertThat(train.exit()).as(train.all()).isZero();
    assertThat(train.jsonLines().stream().map(LoopTest::type))
        .startsWith("TrainingQueued")
        .contains("ModelTrained", "ModelValidated")
        .endsWith("ModelDeployed");
    assertThat(serving("acme", "waited-for")).startsWith("v");
  }

  /// A command on the Anneal that runs.
  private static Cli cli(String command, String... arguments) {
    var all = new ArrayList<>(List.of(command, "--data-dir", directory.toString()));
    all.addAll(List.of(arguments));
    return Cli.run(all.toArray(String[]::new));
  }

  private static String serving(String organization, String model) throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      String path = "/api/models/%s/info?organization=%s".formatted(model, organization);
      var request = HttpRequest.newBuilder(URI.create(anneal.endpoints().deployer() + path));
      String answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
      return json(answer).path("version").asText();
    }
  }

  @Test
  void anOutsideClientTrainsThroughKafkaAndTheRegistry() throws Exception {
    assumeTrue(
        hasNode(),
        "skipped: no Node.js (node and npm) on this machine; the outside client is a kafkajs program");
    // Given a model that nobody has trained and that does not train by itself
    Path file = directory.resolve("second-model.yaml");
    Files.writeString(file, secondModel());
    Cli apply = Cli.run("apply", "--data-dir", directory.toString(), file.toString());
    assertThat(apply.exit()).as(apply.all()).isZero();
    Path client = Files.createDirectories(directory.resolve("client"));
    for (String name : List.of("package.json", "package-lock.json", "client.mjs")) {
      Files.copy(Path.of("src/test/js", name), client.resolve(name));
    }
    run(client, "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts");

    // When it asks for a training on what came before the process changed
    var at = anneal.endpoints();
    String dataTo = Long.toString(endOfHistoryMillis());
    String out =
        run(
            client,
            "node",
            "client.mjs",
            at.bootstrapServers(),
            at.registry(),
            "acme",
            "second",
            dataTo);

    // Then
    assertThat(out.lines().map(LoopTest::type))
        .contains("TrainingQueued", "ModelTrained", "ModelDeployed");
  }

  private static long endOfHistoryMillis() throws SQLException {
    try (var connection = DriverManager.getConnection(anneal.postgres().jdbcUrl("acme"));
        var statement = connection.createStatement();
        var end =
            statement.executeQuery(
                "select (extract(epoch from min(ts) + interval '28 days') * 1000)::bigint from readings")) {
      assertThat(end.next()).isTrue();
      return end.getLong(1);
    }
  }

  private static String type(String line) {
    return json(line).path("type").asText();
  }

  private static JsonNode json(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException(line, e);
    }
  }

  private static String secondModel() throws IOException {
    String definition = Files.readString(Path.of("../docs/example.yaml"));
    return definition
            .replace("organization: example", "organization: acme")
            .replace("scada.example.com", "127.0.0.1")
            .replace("port: 5432", "port: " + anneal.postgres().port())
            .replace("database: scada", "database: acme")
            .replace("anneal_reader", "postgres")
            .replace("passwordEnv: ANNEAL_SOURCE_EXAMPLE__PASSWORD", "passwordFile: scada-password")
        + """
            - name: second
              task: binary
              target: {failureWithin: 24h}
              features: [temperature, vibration, pressure, current]
              drift: {enabled: false}
          """;
  }

  private static boolean hasNode() {
    try {
      return new ProcessBuilder("node", "--version").start().waitFor() == 0
          && new ProcessBuilder("npm", "--version").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static String run(Path where, String... command)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile(where, "out", ".txt");
    Process process =
        new ProcessBuilder(command)
            .directory(where.toFile())
            .redirectOutput(out.toFile())
            .redirectErrorStream(true)
            .start();
    boolean ended = process.waitFor(240, TimeUnit.SECONDS);
    if (!ended) {
      process.destroyForcibly();
    }
    assertThat(ended && process.exitValue() == 0).as(Files.readString(out)).isTrue();
    return Files.readString(out);
  }

  private static HttpResponse<String> post(String uri, String body)
      throws IOException, InterruptedException {
    try (var client = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(URI.create(uri))
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(body))
              .build();
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    }
  }

  private static long records(String topic) {
    try (var consumer = consumer()) {
      var partitions = partitions(consumer, topic);
      return consumer.endOffsets(partitions).values().stream().mapToLong(Long::longValue).sum();
    }
  }

  private static List<byte[]> read(String topic) {
    try (var consumer = consumer()) {
      var partitions = partitions(consumer, topic);
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var values = new java.util.ArrayList<byte[]>();
      consumer.poll(Duration.ofSeconds(2)).forEach(r -> values.add(r.value()));
      return values;
    }
  }

  private static List<TopicPartition> partitions(
      KafkaConsumer<String, byte[]> consumer, String topic) {
    return consumer.partitionsFor(topic).stream()
        .map(p -> new TopicPartition(topic, p.partition()))
        .toList();
  }

  private static KafkaConsumer<String, byte[]> consumer() {
    return new KafkaConsumer<>(
        Map.of("bootstrap.servers", anneal.endpoints().bootstrapServers()),
        new StringDeserializer(),
        new ByteArrayDeserializer());
  }
}
