package dev.anneal.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.anneal.embedded.EmbeddedKafka;
import dev.anneal.embedded.EmbeddedPostgres;
import dev.anneal.embedded.Ports;
import dev.anneal.events.Alert;
import dev.anneal.events.Cause;
import dev.anneal.events.DeadLetter;
import dev.anneal.events.Decision;
import dev.anneal.events.DeployAction;
import dev.anneal.events.DeployCommand;
import dev.anneal.events.Deployment;
import dev.anneal.events.DeploymentKind;
import dev.anneal.events.DriftEvent;
import dev.anneal.events.DriftReport;
import dev.anneal.events.DriftVerdict;
import dev.anneal.events.Estimate;
import dev.anneal.events.EstimateSwitchedOff;
import dev.anneal.events.EstimatedPerformance;
import dev.anneal.events.LifecycleEvent;
import dev.anneal.events.ModelDeployed;
import dev.anneal.events.ModelRolledBack;
import dev.anneal.events.ReferenceProfile;
import dev.anneal.events.RetrainingDecision;
import dev.anneal.events.ScheduleTick;
import dev.anneal.events.Severity;
import dev.anneal.events.TrainCancel;
import dev.anneal.events.TrainRequest;
import dev.anneal.events.TrainingFailed;
import dev.anneal.events.TrainingProgress;
import dev.anneal.events.TrainingQueued;
import dev.anneal.events.TrainingStarted;
import dev.anneal.schemas.AvroSerde;
import dev.anneal.schemas.InMemoryRegistry;
import dev.anneal.schemas.SchemaRegistry;
import dev.anneal.schemas.Stage;
import dev.anneal.schemas.Topic;
import dev.anneal.schemas.Topics;
import dev.anneal.stage.RetryAlerts;
import dev.anneal.stage.StageKafka;
import dev.anneal.stage.web.RouteContract;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Control as it runs, over a broker and a database. Tests share them and use an organization each.
class ControlStageTest {
  private static final Instant START = Instant.parse("2026-03-28T12:00:00Z");
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final InMemoryRegistry REGISTRY = new InMemoryRegistry();
  private static final AtomicReference<Instant> NOW = new AtomicReference<>(START);

  @TempDir private static Path directory;
  private static EmbeddedKafka broker;
  private static EmbeddedPostgres postgres;
  private static ConfigurableApplicationContext control;
  private static int port;
  private static HttpClient http;

  @BeforeAll
  static void start() throws IOException {
    broker = EmbeddedKafka.start(directory.resolve("kafka"));
    postgres = EmbeddedPostgres.start(directory.resolve("postgres"));
    postgres.createDatabase("anneal");
    port = Ports.free();
    control = run(port);
    http = HttpClient.newHttpClient();
  }

  @AfterAll
  static void stop() throws IOException {
    http.close();
    control.close();
    postgres.close();
    broker.close();
  }

  private static ConfigurableApplicationContext run(int port, String... more) {
    var arguments =
        List.of(
            "--server.port=" + port,
            "--spring.main.banner-mode=off",
            "--spring.main.cloud-platform=kubernetes",
            "--spring.datasource.url=" + postgres.jdbcUrl("anneal"),
            "--spring.kafka.bootstrap-servers=" + broker.bootstrapServers(),
            "--anneal.control.schedule.poll-interval=100ms",
            "--anneal.control.schedule.reconcile-interval=1s");
    return ControlApplication.application()
        .initializers(
            context -> {
              var beans = (GenericApplicationContext) context;
              beans.registerBean("registry", SchemaRegistry.class, () -> REGISTRY);
              beans.registerBean("testClock", InstantSource.class, () -> NOW::get);
            })
        .run(Stream.concat(arguments.stream(), Stream.of(more)).toArray(String[]::new));
  }

  private record Answer(int status, JsonNode body, HttpResponse<String> response) {}

  private static Answer call(String method, String path, String type, String body) {
    var publisher = body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body);
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(port, path)))
            .method(method, publisher)
            .timeout(Duration.ofSeconds(20));
    if (!type.isEmpty()) {
      request.header("Content-Type", type);
    }
    try {
      var response =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
      return new Answer(
          response.statusCode(),
          JSON.readTree(response.body().isEmpty() ? "{}" : response.body()),
          response);
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static Answer get(String path) {
    return call("GET", path, "", "");
  }

  private static Answer post(String path, String json) {
    return call("POST", path, "application/json", json);
  }

  private static Answer put(String organization, String yaml) {
    return call("PUT", "/api/organizations/" + organization, "application/yaml", yaml);
  }

  private static String document(String organization) {
    try (var in = ControlStageTest.class.getResourceAsStream("/definitions/acme.yaml")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .replace("organization: acme", "organization: " + organization)
          .replace(", passwordEnv: ANNEAL_SOURCE_ACME__SCADA_PASSWORD", "");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static List<Map<String, Object>> rows(String sql, Object... parameters) {
    return control.getBean(JdbcClient.class).sql(sql).params(parameters).query().listOfRows();
  }

  /// What stands on the topic for the organization now.
  private static <V extends SpecificRecord> List<V> records(Topic<V> topic, String organization) {
    var read = new ArrayList<V>();
    var serde = new AvroSerde<>(topic.type(), REGISTRY).deserializer();
    var properties = new HashMap<>(control.getBean(StageKafka.class).consumerProperties());
    try (var consumer = new KafkaConsumer<String, byte[]>(properties)) {
      var partitions =
          consumer.partitionsFor(topic.name()).stream()
              .map(p -> new TopicPartition(p.topic(), p.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        for (var record : consumer.poll(Duration.ofMillis(200))) {
          if (record.key().startsWith(organization + "/")) {
            read.add(serde.deserialize(topic.name(), record.value()));
          }
        }
      }
    }
    return read;
  }

  private static <V extends SpecificRecord> void publish(Topic<V> topic, String key, V value) {
    try {
      byte[] bytes =
          new AvroSerde<>(topic.type(), REGISTRY).serializer().serialize(topic.name(), value);
      control.getBean(StageKafka.class).bytes().send(topic.name(), key, bytes).get();
    } catch (ExecutionException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void appliesADocumentAsAWhole() {
    // Given, When
    var answer = put("whole", document("whole"));

    // Then
    assertThat(answer.status).isEqualTo(201);
    assertThat(answer.body.toString())
        .startsWith(
            "{\"organization\":\"whole\",\"change\":\"CREATED\",\"created\":[\"pump-failure\",\"bearing\"],"
                + "\"changed\":[],\"unchanged\":[],\"removed\":[],\"differences\":[],\"next\":[");
    assertThat(answer.body.get("next")).hasSize(2);
    assertThat(rows("select name from control.organization where name = ?", "whole")).hasSize(1);
    assertThat(rows("select name from control.model where organization = ? order by name", "whole"))
        .extracting(r -> r.get("name"))
        .containsExactly("bearing", "pump-failure");
    assertThat(get("/api/organizations").body.get("organizations").toString())
        .contains("\"whole\"");
    assertThat(
            get("/api/organizations/whole")
                .body
                .at("/models/0/hyperparameters/num_leaves")
                .intValue())
        .isEqualTo(31);
  }

  @Test
  void writesOnlyTheRowsThatChanged() {
    // Given
    put("thrifty", document("thrifty"));
    String versions =
        "select xmin::text as version from control.organization where name = ?"
            + " union all select xmin::text from control.model where organization = ? and name = 'bearing'";
    var before = rows(versions, "thrifty", "thrifty");

    // When
    NOW.updateAndGet(now -> now.plusSeconds(1));
    var answer =
        put("thrifty", document("thrifty").replace("retryAttempts: 3", "retryAttempts: 4"));

    // Then
    assertThat(answer.status).isEqualTo(200);
    assertThat(answer.body.toString())
        .contains(
            "\"change\":\"CHANGED\"",
            "\"changed\":[\"pump-failure\"]",
            "\"unchanged\":[\"bearing\"]",
            "\"differences\":[\"models.pump-failure.retryAttempts: 3 → 4\"]",
            "\"next\":[]");
    assertThat(rows(versions, "thrifty", "thrifty")).isEqualTo(before);
  }

  @Test
  void saysWhenAChangeWaitsForATraining() {
    // Given
    put("learning", document("learning"));

    // When a feature changes, and when nothing does
    var answer =
        put("learning", document("learning").replace("rollingWindows: [5", "rollingWindows: [7"));
    var again =
        put("learning", document("learning").replace("rollingWindows: [5", "rollingWindows: [7"));

    // Then
    assertThat(answer.body.get("change").stringValue()).isEqualTo("CHANGED");
    assertThat(answer.body.get("differences").get(0).stringValue())
        .startsWith("schemaConfig.rollingWindows: [5");
    assertThat(answer.body.get("next").get(0).stringValue())
        .contains("with the next training", "./anneal train --org learning --model pump-failure");
    assertThat(again.body.toString())
        .contains("\"change\":\"UNCHANGED\"", "\"differences\":[]", "\"next\":[]");
  }

  @Test
  void removesModelsThatAreNotInTheDocument() {
    put("shrinking", document("shrinking"));

    var answer =
        put("shrinking", document("shrinking").replaceAll("(?s)\n  - name: bearing.*", "\n"));

    assertThat(answer.body.get("removed").toString()).isEqualTo("[\"bearing\"]");
    assertThat(rows("select name from control.model where organization = ?", "shrinking"))
        .hasSize(1);
  }

  @Test
  void namesEveryErrorAndAppliesNothing() {
    var answer =
        put("broken", document("broken").replace("7d", "x").replace("port: 5433", "port: 0"));

    assertThat(answer.status).isEqualTo(400);
    assertThat(answer.response.headers().firstValue("content-type"))
        .hasValue("application/problem+json");
    assertThat(answer.body.get("errors").toString())
        .isEqualTo(
            "[{\"path\":\"scadaDbConfig.port\",\"message\":\"must be a whole number from 1 to 65535, was 0\"},"
                + "{\"path\":\"models[0].drift.cooldown\",\"message\":\"must be a duration such as 7d, was \\\"x\\\"\"}]");
    assertThat(rows("select 1 from control.organization where name = 'broken'")).isEmpty();
  }

  @Test
  void refusesWhatIsNoDocument() {
    assertThat(put("other", document("acme")).body.get("errors").toString())
        .contains("must be \\\"other\\\" as in the address, was \\\"acme\\\"");
    assertThat(put("acme", "a: [").body.get("errors").toString()).contains("line 1, column");
    assertThat(call("PUT", "/api/organizations/acme", "text/plain", "x").status).isEqualTo(415);
    assertThat(call("PUT", "/api/organizations/acme", "application/json", "{").status)
        .isEqualTo(400);
    assertThat(put("acme", "#".repeat((4 << 20) + 1)).status).isEqualTo(413);
    assertThat(get("/api/organizations/nobody").body.get("detail").stringValue())
        .isEqualTo("there is no organization \"nobody\"");
    assertThat(get("/api/organizations/nobody").status).isEqualTo(404);
    assertThat(call("DELETE", "/api/organizations/nobody", "", "").status).isEqualTo(404);
    assertThat(get("/api/nothing").status).isEqualTo(404);
    assertThat(call("POST", "/api/organizations", "application/json", "{}").status).isEqualTo(405);
  }

  @Test
  void deletesAnOrganizationWithItsModels() {
    put("leaving", document("leaving"));

    assertThat(call("DELETE", "/api/organizations/leaving", "", "").status).isEqualTo(204);

    assertThat(rows("select 1 from control.model where organization = 'leaving'")).isEmpty();
    assertThat(get("/api/organizations/leaving").status).isEqualTo(404);
  }

  @Test
  void publishesWishes() {
    // Given
    put("wishing", document("wishing"));

    // When
    var train =
        post(
            "/api/training/train",
            "{\"organization\":\"wishing\",\"model\":\"pump-failure\",\"reason\":\"new pump\",\"requestedBy\":\"kim\","
                + "\"dataFrom\":\"2026-01-01T00:00:00Z\",\"overrides\":{\"numLeaves\":7}}");
    var cancel =
        post("/api/training/cancel", "{\"organization\":\"wishing\",\"model\":\"pump-failure\"}");
    var rollback =
        post(
            "/api/training/rollback",
            "{\"organization\":\"wishing\",\"model\":\"pump-failure\",\"version\":\"v1\",\"reason\":\"worse\"}");

    // Then
    assertThat(List.of(train.status, cancel.status, rollback.status))
        .containsExactly(202, 202, 202);
    TrainRequest request = records(Topics.TRAIN_REQUESTS, "wishing").getFirst();
    assertThat(request.getRequestId()).isEqualTo(train.body.get("requestId").stringValue());
    assertThat(request.getCause()).isEqualTo(Cause.MANUAL);
    assertThat(request.getReason()).isEqualTo("new pump");
    assertThat(request.getRequestedBy()).isEqualTo("kim");
    assertThat(request.getDataFrom()).isEqualTo(Instant.parse("2026-01-01T00:00:00Z"));
    assertThat(request.getOverrides()).isEqualTo(Map.of("numLeaves", "7"));
    TrainCancel cancelled = records(Topics.TRAIN_CANCELS, "wishing").getFirst();
    assertThat(cancelled.getCancelId()).isEqualTo(cancel.body.get("cancelId").stringValue());
    DeployCommand command = records(Topics.DEPLOY_COMMANDS, "wishing").getFirst();
    assertThat(command.getAction()).isEqualTo(DeployAction.ROLLBACK);
    assertThat(command.getToVersion()).isEqualTo("v1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"org\": \"a\", \"model\": \"m\"}|org: unknown key, known are ",
        "{\"organization\": {}, \"model\": \"m\"}|organization: is of another type than is expected",
        "not json|the body is no JSON from line 1, column "
      })
  void saysWhatIsWrongWithABody(String body, String detail) {
    var answer = post("/api/training/train", body);

    assertThat(answer.status).isEqualTo(400);
    assertThat(answer.body.get("detail").stringValue()).startsWith(detail);
    assertThat(answer.body.get("errors")).hasSize(1);
  }

  @Test
  void saysWhatIsWrongWithAParameter() {
    assertThat(get("/api/training/history?limit=abc").body.get("detail").stringValue())
        .isEqualTo("limit: cannot be \"abc\"");
  }

  @Test
  void refusesWishesNobodyCanFulfil() {
    put("wanting", document("wanting"));

    assertThat(post("/api/training/train", "{\"organization\":\"nobody\",\"model\":\"x\"}").status)
        .isEqualTo(404);
    var unknown = post("/api/training/train", "{\"organization\":\"wanting\",\"model\":\"x\"}");
    assertThat(unknown.status).isEqualTo(404);
    assertThat(unknown.body.get("detail").stringValue())
        .isEqualTo("organization \"wanting\" has no model \"x\"");
    assertThat(post("/api/training/train", "{}").body.get("errors").toString())
        .contains("\"organization\"", "\"model\"", "is required");
    assertThat(
            post(
                    "/api/training/train",
                    "{\"organization\":\"wanting\",\"model\":\"bearing\",\"overrides\":{\"leaves\":1}}")
                .body
                .get("errors")
                .toString())
        .contains("overrides.leaves");
    assertThat(post("/api/training/train", "{\"organisation\":\"wanting\"}").status).isEqualTo(400);
    assertThat(post("/api/training/train", "{").status).isEqualTo(400);
    assertThat(records(Topics.TRAIN_REQUESTS, "wanting")).isEmpty();
  }

  @Test
  void tellsTheStoryOfAModelOnceHoweverOftenItIsTold() {
    // Given
    put("story", document("story"));
    var story =
        List.of(
            lifecycle(1, "r1", new TrainingQueued(Cause.DRIFT, "2 of 3 drifted", "policy", null)),
            lifecycle(2, "r1", new TrainingStarted("run", 1)),
            lifecycle(3, "r1", new TrainingProgress("run", 1, "training", 50L, 100L)),
            lifecycle(
                4,
                "r1",
                new TrainingFailed("run", 1, "out-of-memory", "2 GB were not enough", true)),
            lifecycle(5, "r1", new TrainingStarted("run", 2)),
            lifecycle(6, "r1", new ModelDeployed("v2", "v1", "direct", "d2")),
            lifecycle(7, null, new ModelRolledBack("v2", "v1", "d3", "kim", "worse")));

    // When every event comes twice
    for (int i = 0; i < 2; i++) {
      story.forEach(e -> publish(Topics.LIFECYCLE, "story/pump-failure", e));
    }
    publish(Topics.DRIFT, "story/pump-failure", decision());

    // Then
    await()
        .untilAsserted(
            () -> {
              assertThat(get("/api/events?organization=story").body.get("events")).hasSize(8);
              assertThat(
                      get("/api/training/history?organization=story")
                          .body
                          .at("/runs/0/state")
                          .stringValue())
                  .isEqualTo("DEPLOYED");
            });
    var run = get("/api/training/history?organization=story&model=pump-failure").body.at("/runs/0");
    assertThat(run.get("attempt").intValue()).isEqualTo(2);
    assertThat(run.at("/asked/cause").stringValue()).isEqualTo("DRIFT");
    var page = get("/api/events?organization=story&limit=3").body;
    assertThat(page.get("events")).hasSize(3);
    var rest = get("/api/events?organization=story&after=" + page.get("next").longValue()).body;
    assertThat(rest.get("events")).hasSize(5);
    var models = organization("story").get("models");
    assertThat(models.at("/1/model").stringValue()).isEqualTo("pump-failure");
    assertThat(models.at("/1/state").stringValue()).isEqualTo("WAITING");
    assertThat(models.at("/1/reason").stringValue())
        .isEqualTo("first training suppressed: cooldown: 2 d of 7 d have passed");
    assertThat(models.at("/1/lastRun/state").stringValue()).isEqualTo("DEPLOYED");
    assertThat(models.at("/1/lastDecision/code").stringValue()).isEqualTo("cooldown");
    assertThat(models.at("/1/schedule/next")).hasSize(5);
    assertThat(get("/api/deployments?limit=0").status).isEqualTo(400);
  }

  @Test
  void statusTellsTheEstimatedPerformanceOfTheServingVersionAsAnEstimate() {
    // Given
    put("estimated", document("estimated"));
    publish(Topics.DEPLOYMENTS, "estimated/pump-failure", deployment("estimated", "v1"));
    var accuracy = new Estimate(.9, .87, .93);
    var none = new Estimate(Double.NaN, Double.NaN, Double.NaN);
    var performance = new EstimatedPerformance(240L, accuracy, none, none, none, true);

    // When
    publish(Topics.DRIFT, "estimated/pump-failure", estimated("e0", "v0", performance));
    publish(Topics.DRIFT, "estimated/pump-failure", estimated("e1", "v1", performance));

    // Then
    String path = "/models/1/estimatedPerformance";
    await()
        .untilAsserted(
            () ->
                assertThat(organization("estimated").at(path + "/version").asString(""))
                    .isEqualTo("v1"));
    var estimate = organization("estimated").at(path);
    assertThat(estimate.get("note").stringValue())
        .startsWith("an estimate from scores, without labels");
    assertThat(estimate.at("/figures/rows").longValue()).isEqualTo(240);
    assertThat(estimate.at("/figures/accuracy").toString())
        .isEqualTo("{\"value\":0.9,\"low\":0.87,\"high\":0.93}");
    assertThat(estimate.at("/figures/precision").isNull()).isTrue();
    assertThat(estimate.at("/figures/unusual").booleanValue()).isTrue();

    // When
    publish(
        Topics.DRIFT,
        "estimated/pump-failure",
        drift("estimated", "e2", new EstimateSwitchedOff("v1", "labels disagree")));

    // Then
    await()
        .untilAsserted(
            () ->
                assertThat(organization("estimated").at(path + "/note").asString(""))
                    .isEqualTo("switched off: labels disagree"));
    assertThat(organization("estimated").at(path + "/figures").isNull()).isTrue();

    // When another version serves
    publish(Topics.DEPLOYMENTS, "estimated/pump-failure", deployment("estimated", "v2"));

    // Then
    await()
        .untilAsserted(
            () ->
                assertThat(organization("estimated").at("/models/1/deployed/version").asString(""))
                    .isEqualTo("v2"));
    assertThat(organization("estimated").at(path).isNull()).isTrue();
  }

  @Test
  void statusSaysWhyAModelWaits() {
    // Given
    put("waiting", document("waiting"));
    assertThat(organization("waiting").at("/capture/state").stringValue()).isEqualTo("OK");
    assertThat(organization("waiting").at("/models/0/reason").stringValue())
        .isEqualTo("waiting for the first rows of its sensors");
    var alert =
        Alert.newBuilder()
            .setAlertId("a1")
            .setOrganization("waiting")
            .setKind("SOURCE_UNREACHABLE")
            .setSeverity(Severity.CRITICAL)
            .setMessage("the host scada is not known")
            .setRaisedAt(START)
            .build();

    // When
    publish(Topics.ALERTS, "a1", alert);

    // Then
    await()
        .untilAsserted(
            () ->
                assertThat(organization("waiting").at("/capture/state").stringValue())
                    .isEqualTo("FAILING"));
    var status = organization("waiting");
    assertThat(status.at("/capture/kind").stringValue()).isEqualTo("SOURCE_UNREACHABLE");
    assertThat(status.at("/capture/since").stringValue()).isEqualTo(START.toString());
    assertThat(status.at("/models/0/state").stringValue()).isEqualTo("WAITING");
    assertThat(status.at("/models/0/reason").stringValue())
        .isEqualTo("no rows come: SOURCE_UNREACHABLE: the host scada is not known");

    // When
    publish(Topics.ALERTS, "a1", Alert.newBuilder(alert).setResolvedAt(START).build());

    // Then
    await()
        .untilAsserted(
            () ->
                assertThat(organization("waiting").at("/capture/state").stringValue())
                    .isEqualTo("OK"));
  }

  @Test
  void statusShowsWhatAStageRetries() {
    // Given what a stage publishes after a minute of retries, and an alert of an organization
    var alert =
        Alert.newBuilder()
            .setAlertId("retrying")
            .setOrganization("")
            .setKind(RetryAlerts.KIND)
            .setSeverity(Severity.CRITICAL)
            .setMessage("trainer retries anneal.train.requests-0: Connection refused")
            .setRaisedAt(START)
            .build();
    assertThat(troubles()).isEmpty();

    // When
    publish(
        Topics.ALERTS,
        "of-one",
        Alert.newBuilder(alert).setAlertId("of-one").setOrganization("retried").build());
    publish(Topics.ALERTS, "retrying", alert);

    // Then
    await().untilAsserted(() -> assertThat(troubles()).isNotEmpty());
    assertThat(troubles().toString())
        .isEqualTo(
            """
            [{"kind":"STAGE_RETRYING",\
            "reason":"trainer retries anneal.train.requests-0: Connection refused",\
            "since":"2026-03-28T12:00:00Z"}]""");

    // When it goes on
    publish(Topics.ALERTS, "retrying", Alert.newBuilder(alert).setResolvedAt(START).build());

    // Then
    await().untilAsserted(() -> assertThat(troubles()).isEmpty());
  }

  private static JsonNode troubles() {
    return get("/api/status").body.get("troubles");
  }

  @Test
  void aNoisyOrganizationHidesNobodysDeadLetters() {
    var letter =
        DeadLetter.newBuilder()
            .setStage("trainer")
            .setCode("malformed-avro")
            .setReason("no Avro")
            .setOccurredAt(START);
    publish(Topics.deadLetters(Stage.TRAINER), "k", letter.setOrganization("quiet").build());
    letter.setOrganization("noisy").setOccurredAt(START.plusSeconds(1));
    for (int i = 0; i < 1_500; i++) {
      publish(Topics.deadLetters(Stage.TRAINER), "k", letter.build());
    }

    var answer = get("/api/deadletters?organization=quiet").body;

    assertThat(answer.get("deadLetters")).hasSize(1);
    assertThat(answer.get("complete").booleanValue()).isTrue();
  }

  @Test
  void deadLettersAreShownNewestFirst() {
    // Given
    var letter =
        DeadLetter.newBuilder()
            .setStage("ingest")
            .setCode("missing-time")
            .setReason("column `ts` is empty")
            .setOrganization("letters")
            .setTopic("public.readings")
            .setValue(ByteBuffer.wrap("{\"temp\":1}".getBytes(StandardCharsets.UTF_8)))
            .setOccurredAt(START);
    publish(Topics.deadLetters(Stage.INGEST), "k", letter.build());
    publish(Topics.deadLetters(Stage.INGEST), "k", letter.setOrganization("other-letters").build());
    publish(
        Topics.deadLetters(Stage.FEATURE_STREAM),
        "k",
        letter
            .setStage("feature-stream")
            .setCode("late-row")
            .setOrganization(null)
            .setTopic("anneal.telemetry.letters")
            .setValue(ByteBuffer.wrap(new byte[] {(byte) 0xff}))
            .setOccurredAt(START.plusSeconds(1))
            .build());

    // When
    var letters = get("/api/deadletters?organization=letters").body.get("deadLetters");

    // Then
    assertThat(letters).hasSize(2);
    assertThat(letters.at("/0/code").stringValue()).isEqualTo("late-row");
    assertThat(letters.at("/0/value").stringValue()).isEqualTo("/w==");
    assertThat(letters.at("/1/code").stringValue()).isEqualTo("missing-time");
    assertThat(letters.at("/1/value").stringValue()).isEqualTo("{\"temp\":1}");
    assertThat(get("/api/deadletters?organization=letters&limit=1").body.at("/deadLetters/0/code"))
        .isEqualTo(letters.at("/0/code"));
    assertThat(get("/api/deadletters?organization=letters&stage=ingest").body.get("deadLetters"))
        .hasSize(1);
    assertThat(get("/api/deadletters?stage=nothing").status).isEqualTo(400);
    assertThat(get("/api/deadletters?limit=0").status).isEqualTo(400);
  }

  private static JsonNode organization(String name) {
    return get("/api/status")
        .body
        .get("organizations")
        .valueStream()
        .filter(o -> o.get("organization").stringValue().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static LifecycleEvent lifecycle(int number, String requestId, Object event) {
    return LifecycleEvent.newBuilder()
        .setEventId("story-" + number)
        .setOrganization("story")
        .setModel("pump-failure")
        .setOccurredAt(START.plusSeconds(number))
        .setRequestId(requestId)
        .setEvent(event)
        .build();
  }

  private static DriftEvent decision() {
    return drift(
        "story",
        "story-decision",
        new RetrainingDecision(
            Decision.SUPPRESSED, Cause.DRIFT, "cooldown", "2 d of 7 d have passed", null));
  }

  private static DriftEvent estimated(String id, String version, EstimatedPerformance performance) {
    return drift(
        "estimated",
        id,
        DriftReport.newBuilder()
            .setVersion(version)
            .setWindow("P1D")
            .setWindowStart(START)
            .setWindowEnd(START.plus(Duration.ofDays(1)))
            .setRows(240)
            .setVerdict(DriftVerdict.STABLE)
            .setReason("0 of 1 tested features drifted")
            .setFeatures(List.of())
            .setEvidence("predictions")
            .setEstimatedPerformance(performance)
            .build());
  }

  private static DriftEvent drift(String organization, String id, Object event) {
    return DriftEvent.newBuilder()
        .setEventId(id)
        .setOrganization(organization)
        .setModel("pump-failure")
        .setOccurredAt(START)
        .setEvent(event)
        .build();
  }

  private static Deployment deployment(String organization, String version) {
    var nothing =
        ReferenceProfile.newBuilder().setRows(0).setFrom(START).setTo(START).setFeatures(List.of());
    return Deployment.newBuilder()
        .setDeploymentId(organization + version)
        .setOrganization(organization)
        .setModel("pump-failure")
        .setVersion(version)
        .setKind(DeploymentKind.DEPLOY)
        .setArtifactUri("file:x")
        .setArtifactSha256("0")
        .setFeatures(List.of())
        .setReferenceProfile(nothing.build())
        .setDeployedAt(START)
        .build();
  }

  @Test
  void givesEachDueTimeOneTickAlsoWithTwoInstances() {
    // Given two instances and a model that is trained at 02:30 in Berlin, where the clock jumps on
    // 29 March 2026
    NOW.set(START);
    try (var _ = run(Ports.free())) {
      put("punctual", document("punctual").replace("0 2 * * 0", "30 2 * * *"));
      assertThat(
              rows(
                  "select execution_time from control.scheduled_tasks where task_instance = 'punctual/pump-failure'"))
          .hasSize(1);

      // When time passes, at the end three days at once
      var expected = new CopyOnWriteArrayList<String>();
      for (String due :
          List.of("2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z", "2026-03-31T00:30:00Z")) {
        expected.add(due + " false");
        NOW.set(Instant.parse(due).plusSeconds(1));
        await().untilAsserted(() -> assertThat(ticks("punctual")).isEqualTo(expected));
      }
      expected.add("2026-04-03T00:30:00Z true");
      NOW.set(Instant.parse("2026-04-03T12:00:00Z"));

      // Then
      await().untilAsserted(() -> assertThat(ticks("punctual")).isEqualTo(expected));
      await()
          .during(Duration.ofSeconds(1))
          .untilAsserted(() -> assertThat(ticks("punctual")).isEqualTo(expected));

      // When the schedule is taken away, Then no more
      put("punctual", document("punctual").replace("enabled: true", "enabled: false"));
      assertThat(
              rows(
                  "select 1 from control.scheduled_tasks where task_instance = 'punctual/pump-failure'"))
          .isEmpty();
    } finally {
      NOW.set(START);
    }
  }

  private static List<String> ticks(String organization) {
    List<ScheduleTick> ticks = records(Topics.SCHEDULE_TICKS, organization);
    assertThat(ticks).extracting(ScheduleTick::getTickId).doesNotHaveDuplicates();
    return ticks.stream().map(t -> t.getScheduledAt() + " " + t.getCaughtUp()).toList();
  }

  @Test
  void isUnavailableWhileItsDatabaseIsAwayAndSaysSo() throws Exception {
    // Given
    assertThat(put("away", document("away")).status).isEqualTo(201);
    Path data = directory.resolve("postgres/data");
    Path elsewhere = directory.resolve("postgres/elsewhere");

    // When PostgreSQL is killed and cannot be started again
    Files.move(data, elsewhere);
    ProcessHandle.of(postgres.postmasterPid()).orElseThrow().destroyForcibly();

    // Then every route says that it may be called again
    try {
      await().untilAsserted(() -> assertThat(get("/api/status").status).isEqualTo(503));
      var calls =
          List.of(
              get("/api/status"),
              get("/api/training/history"),
              put("away", document("away")),
              post(
                  "/api/training/train",
                  "{\"organization\": \"away\", \"model\": \"pump-failure\"}"));
      for (Answer answer : calls) {
        assertThat(answer.status).as(answer.response.toString()).isEqualTo(503);
        assertThat(answer.response.headers().firstValue("Retry-After")).isPresent();
        assertThat(answer.body.get("code").stringValue()).isEqualTo("database-unavailable");
      }
      await().until(() -> get("/health").status == 503);
      var health = get("/health");
      assertThat(health.body.get("status").stringValue()).isEqualTo("DOWN");
      assertThat(health.body.get("away").toString()).isEqualTo("[\"database\"]");
    } finally {
      Files.move(elsewhere, data);
    }
    // and when it is back, so is control
    await()
        .untilAsserted(
            () -> {
              assertThat(get("/api/status").status).isEqualTo(200);
              assertThat(get("/health").body.get("status").stringValue()).isEqualTo("UP");
            });
  }

  @Test
  void isHealthyAndKeepsForeignNamesOut() throws Exception {
    assertThat(get("/health").body.get("status").stringValue()).isEqualTo("UP");

    // a page whose name resolves to this machine
    try (var socket = new java.net.Socket("127.0.0.1", port)) {
      socket
          .getOutputStream()
          .write(
              "GET /api/status HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("HTTP/1.1 403");
    }
  }

  @TestFactory
  Stream<DynamicTest> everyRouteRefusesWhatNoneTakes() {
    return new RouteContract(control, port).tests();
  }

  static Stream<String> documentsNobodyCanStore() {
    String good = "{\"organization\": \"odd\", \"%s\": 1}";
    return Stream.of(
        good.formatted("\\u0000"),
        good.formatted("\\ud800"),
        "{\"organization\": \"odd\\u0000\"}",
        "{\"organization\": \"odd\", \"schemaConfig\": {\"units\": {\"a\": \"\\udc00\"}}}",
        "organization: \"odd\\0\"",
        "organization: " + "[".repeat(100_000),
        "organization: " + "{a: ".repeat(100_000),
        "- ".repeat(100_000),
        "a: &a [x,x]\n" + "b: [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]",
        "organization: odd\n" + "x: 1\n".repeat(10_000));
  }

  @ParameterizedTest
  @MethodSource("documentsNobodyCanStore")
  void refusesDocumentsNobodyCanStore(String document) {
    String type = document.startsWith("{") ? "application/json" : "application/yaml";

    var answer = call("PUT", "/api/organizations/odd", type, document);

    assertThat(answer.status).as(answer.response.body()).isEqualTo(400);
    assertThat(answer.body.get("errors").isEmpty()).isFalse();
    assertThat(answer.body.get("code").stringValue()).isEqualTo("invalid");
  }

  @Test
  void answersAThousandErrorsWithTheFirstHundred() {
    var keys = new StringBuilder("organization: odd\n");
    for (int i = 0; i < 1_000; i++) {
      keys.append("unknown").append(i).append(": 1\n");
    }

    var answer = put("odd", keys.toString());

    assertThat(answer.status).isEqualTo(400);
    assertThat(answer.body.get("errors")).hasSize(100);
    assertThat(answer.body.get("detail").stringValue()).isEqualTo("the first 100 errors");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"+999999999-12-31T23:59:59Z\"",
        "\"-999999999-01-01T00:00:00Z\"",
        "\"+10000-01-01T00:00:00Z\"",
        "\"x\"",
        "99999999999999999999",
        "-1e15",
        "{}"
      })
  void refusesTimesThatAreNone(String time) {
    put("timeless", document("timeless"));
    for (String field : List.of("dataFrom", "dataTo")) {
      var answer =
          post(
              "/api/training/train",
              "{\"organization\":\"timeless\",\"model\":\"pump-failure\",\"%s\":%s}"
                  .formatted(field, time));

      assertThat(answer.status).as(answer.response.body()).isEqualTo(400);
      assertThat(answer.body.get("code")).isNotNull();
    }
    assertThat(records(Topics.TRAIN_REQUESTS, "timeless")).isEmpty();
  }

  @Test
  void refusesToListenToOtherMachines() {
    assertThatThrownBy(() -> run(Ports.free(), "--server.address=0.0.0.0").close())
        .rootCause()
        .hasMessageContaining("server.address must be a loopback address");
  }

  @Test
  void environmentVariablesAreTheDefaultsOfModels() {
    assertThatThrownBy(() -> run(Ports.free(), "--TRAINING_RETRY_ATTEMPTS=11").close())
        .hasStackTraceContaining("retry-attempts must be in [0, 10], was 11");
    assertThatThrownBy(() -> run(Ports.free(), "--ACCURACY_THRESHOLD=70").close())
        .hasStackTraceContaining("min-accuracy must be in [0, 1], was 70.0");
  }

  @Test
  void settingsRefuseNonsense() {
    assertThatThrownBy(
            () -> new ControlSettings.Schedule(true, Duration.ofMillis(1), Duration.ofMinutes(1)))
        .hasMessage(
            "anneal.control.schedule.poll-interval must be in [PT0.1S, PT1H], was PT0.001S");
    assertThatThrownBy(
            () -> new ControlSettings.Schedule(true, Duration.ofSeconds(1), Duration.ofDays(1)))
        .hasMessageContaining("anneal.control.schedule.reconcile-interval");
  }
}
