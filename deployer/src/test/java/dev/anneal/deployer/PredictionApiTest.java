package dev.anneal.deployer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.anneal.schemas.ModelKey;
import dev.anneal.schemas.Topics;
import dev.anneal.stage.web.RouteContract;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The REST API over HTTP, on a deployer that runs.
class PredictionApiTest {
  private static final String V1 = "v2024-01-01T00-00-00-000Z_aaaaaaaa";
  private static final String V2 = "v2024-01-02T00-00-00-000Z_bbbbbbbb";
  private static final ModelKey PUMP = TinyModel.PUMP;
  private static final ModelKey NEW = new ModelKey("acme", "not-yet-trained");
  private static final String PREDICT = "/api/models/pump-failure/predict?organization=acme";
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir private static Path directory;
  private static DeployerStage stage;
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @BeforeAll
  static void start() throws IOException {
    stage = new DeployerStage(directory);
    stage.define(PUMP);
    stage.define(NEW);
    deploy(TinyModel.of(V1, 50, .9));
  }

  @AfterAll
  static void stop() {
    stage.close();
  }

  private static void deploy(TinyModel model) {
    var version = model.storeIn(stage.store());
    stage.send(Topics.LIFECYCLE, PUMP.toString(), Events.trained(version));
    await().until(() -> stage.bean(ServingModels.class).isServing(version));
  }

  private static HttpResponse<String> post(String path, BodyPublisher body) throws Exception {
    var request =
        HttpRequest.newBuilder(stage.url(path))
            .header("Content-Type", "application/json")
            .POST(body)
            .build();
    return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private static HttpResponse<String> post(String path, String body) throws Exception {
    return post(path, BodyPublishers.ofString(body));
  }

  private static JsonNode get(String path) throws Exception {
    var response =
        CLIENT.send(
            HttpRequest.newBuilder(stage.url(path)).build(), HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JSON.readTree(response.body());
  }

  private static JsonNode problem(HttpResponse<String> response, int status, String code) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
    var body = JSON.readTree(response.body());
    assertThat(body.path("code").asString()).isEqualTo(code);
    assertThat(body.path("status").asInt()).isEqualTo(status);
    return body;
  }

  @Test
  void predictsWithTheDeployedVersion() throws Exception {
    var response =
        post(
            PREDICT,
            "{\"rows\": [{\"temperature\": 70, \"pressure\": 1}, {\"temperature\": 20}, {\"temperature\": null}]}");

    assertThat(response.statusCode()).isEqualTo(200);
    var answer = JSON.readTree(response.body());
    assertThat(answer.path("organization").asString()).isEqualTo("acme");
    assertThat(answer.path("model").asString()).isEqualTo("pump-failure");
    assertThat(answer.path("version").asString()).startsWith("v2024");
    assertThat(answer.at("/thresholds/label").asDouble()).isEqualTo(.5);
    assertThat(answer.at("/thresholds/alert").asDouble()).isEqualTo(.85);
    assertThat(answer.path("missing").values())
        .extracting(JsonNode::asString)
        .containsExactly("temperature", "pressure");
    assertThat(answer.path("predictions").size()).isEqualTo(3);
    assertThat(answer.at("/predictions/0/label").asInt()).isEqualTo(1);
    assertThat(answer.at("/predictions/0/probability").asDouble()).isGreaterThan(.8);
    assertThat(answer.at("/predictions/0/confident").asBoolean()).isTrue();
    assertThat(answer.at("/predictions/1/label").asInt()).isZero();
    assertThat(answer.at("/predictions/2/label").asInt()).isZero();
  }

  @Test
  void saysWhatIsWrong() throws Exception {
    assertThat(
            problem(
                    post("/api/models/nothing/predict?organization=acme", "{\"rows\": []}"),
                    404,
                    "unknown-model")
                .path("detail")
                .asString())
        .isEqualTo("there is no model acme/nothing");
    problem(
        post("/api/models/pump-failure/predict?organization=other", "{\"rows\": []}"),
        404,
        "unknown-model");
    problem(
        post("/api/models/not-yet-trained/predict?organization=acme", "{\"rows\": []}"),
        409,
        "nothing-deployed");
    assertThat(
            problem(post(PREDICT, "{\"rows\": [{\"temprature\": 1}]}"), 400, "unknown-feature")
                .path("detail")
                .asString())
        .contains("temprature");
    assertThat(
            problem(post(PREDICT, "{\"rows\": [{\"temperature\": \"hot\"}]}"), 400, "not-a-number")
                .at("/errors/0/path")
                .asString())
        .isEqualTo("rows[0].temperature");
  }

  @Test
  void refusesRequestsThatAreTooLarge() throws Exception {
    // Given a megabyte of blanks, with its length and without
    byte[] large = " ".repeat((1 << 20) + 1).getBytes(StandardCharsets.UTF_8);
    String rows = "{\"rows\": [" + "{},".repeat(1_000) + "{}]}";

    problem(post(PREDICT, BodyPublishers.ofByteArray(large)), 413, "body-too-large");
    problem(
        post(PREDICT, BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large))),
        413,
        "body-too-large");
    problem(post(PREDICT, rows), 413, "too-many-rows");
  }

  @TestFactory
  Stream<DynamicTest> everyRouteRefusesWhatNoneTakes() {
    return new RouteContract(stage.context(), stage.url("/").getPort()).tests();
  }

  @Test
  void whatSpringItselfRefusesIsAProblemToo() throws Exception {
    var body = problem(post("/api/models/pump-failure/predict", "{}"), 400, "bad-request");
    assertThat(body.at("/errors/0/path").asString()).isEqualTo("organization");
    problem(post("/api/nowhere", "{}"), 404, "not-found");
    var form = HttpRequest.newBuilder(stage.url(PREDICT)).POST(BodyPublishers.ofString("a=b"));
    var refused =
        CLIENT.send(
            form.header("Content-Type", "text/plain").build(),
            HttpResponse.BodyHandlers.ofString());
    problem(refused, 415, "unsupported-media-type");
  }

  @Test
  void tellsOfTheVersionAndOfItself() throws Exception {
    var info = get("/api/models/pump-failure/info?organization=acme");

    assertThat(info.at("/thresholds/label").asDouble()).isEqualTo(.5);
    assertThat(info.at("/thresholds/alert").asDouble()).isEqualTo(.85);
    assertThat(info.path("version").asString()).isEqualTo(info.path("deployedVersion").asString());
    assertThat(info.path("features").values())
        .extracting(JsonNode::asString)
        .isEqualTo(TinyModel.FEATURES);
    assertThat(info.path("metrics").path("accuracy").asDouble()).isCloseTo(.95, within(1e-9));
    assertThat(get("/health").path("status").asString()).isEqualTo("UP");
  }

  @Test
  void noRequestFailsWhileVersionsChangeAndARollbackTakesLessThanASecond() throws Exception {
    // Given callers that never pause
    var failures = new AtomicInteger();
    var answers = new AtomicInteger();
    var isOver = new AtomicBoolean();
    try (var callers = Executors.newFixedThreadPool(2)) {
      for (int i = 0; i < 2; i++) {
        callers.submit(
            () -> {
              while (!isOver.get()) {
                var response = post(PREDICT, "{\"rows\": [{\"temperature\": 70}]}");
                boolean isKnown = response.body().contains(V1) || response.body().contains(V2);
                (response.statusCode() == 200 && isKnown ? answers : failures).incrementAndGet();
              }
              return null;
            });
      }

      // When a better version is deployed and rolled back
      deploy(TinyModel.of(V2, 50, .95));
      var first = stage.bean(ModelStates.class).of(PUMP).previous().orElseThrow();
      stage.send(Topics.DEPLOY_COMMANDS, PUMP.toString(), Events.rollback(PUMP, "c-rest", null));
      await()
          .pollInterval(Duration.ofMillis(5))
          .until(() -> stage.bean(ServingModels.class).isServing(first));
      isOver.set(true);
    }

    // Then
    assertThat(failures).hasValue(0);
    assertThat(answers.get()).isPositive();
  }
}
