package dev.anneal.notifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.anneal.embedded.EmbeddedKafka;
import dev.anneal.events.Alert;
import dev.anneal.events.Cause;
import dev.anneal.events.DeadLetter;
import dev.anneal.events.Decision;
import dev.anneal.events.Definition;
import dev.anneal.events.Delivery;
import dev.anneal.events.DriftEvent;
import dev.anneal.events.DriftReport;
import dev.anneal.events.DriftSettings;
import dev.anneal.events.DriftVerdict;
import dev.anneal.events.FeatureDrift;
import dev.anneal.events.GateLimits;
import dev.anneal.events.LifecycleEvent;
import dev.anneal.events.ModelDefinition;
import dev.anneal.events.ModelDeployed;
import dev.anneal.events.ModelRolledBack;
import dev.anneal.events.Notification;
import dev.anneal.events.RetrainingDecision;
import dev.anneal.events.Severity;
import dev.anneal.events.TrainingFailed;
import dev.anneal.schemas.AvroSerde;
import dev.anneal.schemas.InMemoryRegistry;
import dev.anneal.schemas.SchemaRegistry;
import dev.anneal.schemas.Stage;
import dev.anneal.schemas.Topic;
import dev.anneal.schemas.Topics;
import dev.anneal.stage.StageKafka;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/// The notifier as it runs, over a broker, with a Slack on this machine.
class NotifierStageTest {
  private static final Instant T = Instant.parse("2026-03-01T12:00:00Z");
  private static final String STORM = "many alerts";

  private final InMemoryRegistry registry = new InMemoryRegistry();
  private final List<String> received = new CopyOnWriteArrayList<>();
  private final List<Long> receivedAtMillis = new CopyOnWriteArrayList<>();
  private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
  @TempDir private Path directory;
  private EmbeddedKafka broker;
  private HttpServer slack;
  private ConfigurableApplicationContext notifier;

  private record Answer(int status, String body, String retryAfter) {
    static final Answer OK = new Answer(200, "{\"ok\":true}", "");
  }

  @BeforeEach
  void start() throws IOException {
    broker = EmbeddedKafka.start(directory);
    slack = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    slack.createContext(
        "/",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          String who = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
          received.add("%s %s %s".formatted(exchange.getRequestURI(), who, body));
          receivedAtMillis.add(System.currentTimeMillis());
          var queued = answers.poll();
          var answer = queued == null ? Answer.OK : queued;
          if (!answer.retryAfter.isEmpty()) {
            exchange.getResponseHeaders().add("Retry-After", answer.retryAfter);
          }
          byte[] bytes = answer.body.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(answer.status, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    slack.start();
  }

  @AfterEach
  void stop() {
    if (notifier != null) {
      notifier.close();
    }
    slack.stop(0);
    broker.close();
  }

  private String slackAddress() {
    return "http://127.0.0.1:%d/".formatted(slack.getAddress().getPort());
  }

  private void run(String... more) {
    var arguments = new ArrayList<>(List.of(more));
    arguments.add("--spring.main.banner-mode=off");
    arguments.add("--spring.kafka.bootstrap-servers=" + broker.bootstrapServers());
    notifier =
        NotifierApplication.application()
            .initializers(
                context ->
                    ((GenericApplicationContext) context)
                        .registerBean("registry", SchemaRegistry.class, () -> registry))
            .run(arguments.toArray(String[]::new));
  }

  private void runWithSlack() {
    run("--anneal.notifier.token=xoxb-1", "--anneal.notifier.api=" + slackAddress() + "api/");
  }

  private void runWithWebhook() {
    String origin = slackAddress().replaceAll("/$", "");
    run(
        "--anneal.notifier.webhook=%s/hook/secret".formatted(origin),
        "--anneal.notifier.allowed-webhook-origins=" + origin);
  }

  private <V extends SpecificRecord> void publish(Topic<V> topic, String key, V value) {
    byte[] bytes =
        new AvroSerde<>(topic.type(), registry).serializer().serialize(topic.name(), value);
    try {
      notifier.getBean(StageKafka.class).bytes().send(topic.name(), key, bytes).get();
    } catch (ExecutionException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private <V extends SpecificRecord> List<V> records(Topic<V> topic) {
    var read = new ArrayList<V>();
    var serde = new AvroSerde<>(topic.type(), registry).deserializer();
    var properties = new HashMap<>(notifier.getBean(StageKafka.class).consumerProperties());
    try (var consumer = new KafkaConsumer<String, byte[]>(properties)) {
      var partitions =
          consumer.partitionsFor(topic.name()).stream()
              .map(p -> new TopicPartition(p.topic(), p.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        consumer
            .poll(Duration.ofMillis(200))
            .forEach(r -> read.add(serde.deserialize(topic.name(), r.value())));
      }
    }
    return read;
  }

  private static LifecycleEvent event(String id, String model, Object event) {
    return LifecycleEvent.newBuilder()
        .setEventId(id)
        .setOrganization("acme")
        .setModel(model)
        .setOccurredAt(T)
        .setEvent(event)
        .build();
  }

  private void deployed(String id) {
    publish(
        Topics.LIFECYCLE,
        "acme/pump",
        event(id, "pump", new ModelDeployed("v-" + id, null, "direct", "d")));
  }

  @Test
  void tellsSlackAndRecordsIt() {
    // Given
    runWithSlack();

    // When
    publish(Topics.DRIFT, "acme/pump", report());
    publish(Topics.DRIFT, "acme/pump", requested());
    await().untilAsserted(() -> assertThat(received).hasSize(1));
    publish(Topics.ALERTS, "a1", alert());
    deployed("e1");

    // Then
    await().untilAsserted(() -> assertThat(records(Topics.NOTIFICATIONS)).hasSize(3));
    assertThat(received)
        .hasSize(3)
        .allMatch(r -> r.startsWith("/api/chat.postMessage Bearer xoxb-1 {"));
    assertThat(received.getFirst())
        .contains(
            "\"channel\":\"#anneal\"",
            "retraining requested",
            "vibration",
            "psi 0.900",
            "\"blocks\":[");
    List<Notification> notifications = records(Topics.NOTIFICATIONS);
    assertThat(notifications)
        .extracting(Notification::getEventId)
        .containsExactlyInAnyOrder("drift-2", "a1:raised", "e1");
    assertThat(notifications).extracting(Notification::getDelivery).containsOnly(Delivery.SLACK);
    assertThat(notifications).extracting(Notification::getChannel).containsOnly("#anneal");
  }

  private static DriftEvent report() {
    var features =
        List.of(
            new FeatureDrift("temperature", "psi", 0.02, 0.9, 100.0, 100.0, false, List.of()),
            new FeatureDrift("vibration", "psi", 0.9, 1e-8, 100.0, 100.0, true, List.of()));
    return DriftEvent.newBuilder()
        .setEventId("drift-1")
        .setOrganization("acme")
        .setModel("pump")
        .setOccurredAt(T)
        .setEvent(
            new DriftReport(
                "v1",
                "P1D",
                T,
                T,
                100L,
                DriftVerdict.DRIFT,
                "1 of 2",
                features,
                "features",
                List.of(),
                0,
                null))
        .build();
  }

  private static DriftEvent requested() {
    return DriftEvent.newBuilder()
        .setEventId("drift-2")
        .setOrganization("acme")
        .setModel("pump")
        .setOccurredAt(T)
        .setEvent(
            new RetrainingDecision(
                Decision.REQUESTED, Cause.DRIFT, "requested", "3 of 4 windows", "r1"))
        .build();
  }

  private static Alert alert() {
    return Alert.newBuilder()
        .setAlertId("a1")
        .setOrganization("acme")
        .setModel("pump")
        .setAsset("p7")
        .setKind("FAILURE_PREDICTED")
        .setSeverity(Severity.CRITICAL)
        .setMessage("0.93 ≥ 0.85")
        .setValue(0.93)
        .setRaisedAt(T)
        .build();
  }

  @Test
  void waitsAsLongAsSlackSaysAndTriesAgainAfterFailures() {
    // Given
    answers.add(new Answer(429, "", "2"));
    answers.add(new Answer(503, "", ""));
    answers.add(new Answer(200, "{\"ok\":false,\"error\":\"internal_error\"}", ""));
    runWithSlack();

    // When
    deployed("e1");

    // Then
    await().untilAsserted(() -> assertThat(records(Topics.NOTIFICATIONS)).hasSize(1));
    assertThat(received).hasSize(4);
    assertThat(receivedAtMillis.get(1) - receivedAtMillis.get(0)).isGreaterThanOrEqualTo(1_990);
  }

  @Test
  void putsWhatSlackRefusesToTheDeadLetters() {
    // Given
    answers.add(new Answer(200, "{\"ok\":false,\"error\":\"msg_too_long\"}", ""));
    runWithSlack();

    // When
    deployed("e1");
    deployed("e2");

    // Then the next one is told
    await().untilAsserted(() -> assertThat(records(Topics.NOTIFICATIONS)).hasSize(1));
    List<DeadLetter> letters = records(Topics.deadLetters(Stage.NOTIFIER));
    assertThat(letters).extracting(DeadLetter::getCode).containsExactly("slack-refused");
    assertThat(letters.getFirst().getReason()).isEqualTo("Slack answered 200 msg_too_long");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "token, 200, {\"ok\":false;\"error\":\"invalid_auth\"}",
        "token, 200, {\"ok\":false;\"error\":\"channel_not_found\"}",
        "token, 302, moved",
        "webhook, 404, no_service",
        "webhook, 403, invalid_token"
      })
  void aSettingThatSlackRefusesUsesUpNoMessage(String way, int status, String body) {
    // Given
    Runnable start = way.equals("token") ? this::runWithSlack : this::runWithWebhook;
    answers.add(new Answer(status, body.replace(';', ','), ""));
    start.run();
    deployed("e1");
    deployed("e2");
    await().untilAsserted(() -> assertThat(received).hasSize(1));

    // When it starts again, with another setting
    notifier.close();
    start.run();

    // Then
    await().untilAsserted(() -> assertThat(records(Topics.NOTIFICATIONS)).hasSize(2));
    assertThat(received).hasSize(3);
    assertThat(records(Topics.deadLetters(Stage.NOTIFIER))).isEmpty();
  }

  @Test
  void aTokenThatCannotWorkStopsTheStartAndIsShownNowhere() {
    // Given
    var shown = new ByteArrayOutputStream();
    var out = System.out;
    var err = System.err;
    System.setOut(new PrintStream(shown, true, StandardCharsets.UTF_8));
    System.setErr(System.out);

    // When
    Throwable failure;
    try {
      failure = catchThrowable(() -> run("--anneal.notifier.token=xoxb-canary\nof-another-line"));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }

    // Then
    assertThat(failure)
        .rootCause()
        .hasMessageStartingWith("anneal.notifier.token has a character that no token has");
    var stack = new StringWriter();
    failure.printStackTrace(new PrintWriter(stack));
    assertThat(shown.toString(StandardCharsets.UTF_8) + stack)
        .contains("anneal.notifier.token")
        .doesNotContain("canary", "of-another-line");
  }

  @Test
  void aTokenWithALineBreakAtItsEndWorks() {
    // Given
    run("--anneal.notifier.token= xoxb-1\n", "--anneal.notifier.api=" + slackAddress() + "api/");

    // When
    deployed("e1");

    // Then
    await().untilAsserted(() -> assertThat(records(Topics.NOTIFICATIONS)).hasSize(1));
    assertThat(received.getFirst()).startsWith("/api/chat.postMessage Bearer xoxb-1 {");
  }

  @Test
  void doesNotTellAgainWhatIsReplayed() throws Exception {
    // Given
    runWithSlack();
    deployed("e1");
    await().untilAsserted(() -> assertThat(records(Topics.NOTIFICATIONS)).hasSize(1));

    // When it starts anew and has forgotten how far it had read, as after a kill before the commit
    notifier.close();
    try (var admin =
        Admin.create(Map.of("bootstrap.servers", (Object) broker.bootstrapServers()))) {
      admin.deleteConsumerGroups(List.of("anneal-notifier-model.lifecycle")).all().get();
    }
    runWithSlack();
    deployed("e2");

    // Then
    await().untilAsserted(() -> assertThat(records(Topics.NOTIFICATIONS)).hasSize(2));
    assertThat(received).hasSize(2);
    assertThat(received.get(0)).contains("v-e1");
    assertThat(received.get(1)).contains("v-e2");
  }

  @Test
  void alertsOfAStormAreToldWhenItStopsOrAfterTheNextStart() {
    // Given a storm that holds two alerts back
    runWithSlack();
    raise("a", 6);
    await().untilAsserted(() -> assertThat(received).hasSize(4).last().asString().contains(STORM));

    // When Slack is away at the stop
    answers.add(new Answer(500, "", ""));
    notifier.close();
    runWithSlack();

    // Then the alerts that nobody was told come again
    await()
        .untilAsserted(
            () -> assertThat(received).filteredOn(r -> r.contains("asset a5")).hasSize(1));

    // When Slack is there at the stop of another storm
    raise("b", 6);
    await().untilAsserted(() -> assertThat(received).last().asString().contains(STORM));
    notifier.close();

    // Then its summary has been told, and nothing comes again
    assertThat(received).last().asString().containsPattern("\\d alerts");
    int told = received.size();
    runWithSlack();
    deployed("e1");
    await().untilAsserted(() -> assertThat(received).last().asString().contains("v-e1"));
    assertThat(received).hasSize(told + 1);
  }

  private void raise(String prefix, int count) {
    for (int i = 0; i < count; i++) {
      String id = prefix + i;
      publish(Topics.ALERTS, id, Alert.newBuilder(alert()).setAlertId(id).setAsset(id).build());
    }
  }

  @Test
  void usesTheWebhook() {
    run(
        "--anneal.notifier.webhook=" + slackAddress() + "hook/secret",
        "--anneal.notifier.allowed-webhook-origins=" + slackAddress().replaceAll("/$", ""));

    deployed("e1");

    await().untilAsserted(() -> assertThat(records(Topics.NOTIFICATIONS)).hasSize(1));
    assertThat(received.getFirst()).startsWith("/hook/secret null {").doesNotContain("channel\"");
    List<Notification> notifications = records(Topics.NOTIFICATIONS);
    assertThat(notifications.getFirst().getDelivery()).isEqualTo(Delivery.WEBHOOK);
  }

  @Test
  void printsWithoutATokenAndSparesThoseWhoDoNotWantToKnow() {
    // Given models that want neither, and one that is not defined
    var before = System.out;
    var printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      run("--anneal.notifier.token=xoxb-1", "--anneal.notifier.enabled=false");
    } finally {
      System.setOut(before);
    }
    publish(Topics.MODELS, "acme/quiet", quiet());
    var audience = notifier.getBean(Audience.class);
    var probe = new News.Deployed(new News.Subject("x", "acme", "quiet", T), "v", null);
    await().until(() -> !audience.wants(probe));

    // When
    publish(
        Topics.LIFECYCLE,
        "acme/quiet",
        event("q1", "quiet", new ModelDeployed("v1", null, "direct", "d")));
    publish(
        Topics.LIFECYCLE,
        "acme/quiet",
        event("q2", "quiet", new TrainingFailed(null, 1, "c", "m", false)));
    publish(
        Topics.LIFECYCLE,
        "acme/quiet",
        event("q3", "quiet", new ModelRolledBack("v2", "v1", "d", "kim", "odd")));
    publish(
        Topics.LIFECYCLE,
        "acme/pump",
        event("p1", "pump", new TrainingFailed(null, 1, "c", "m", true)));
    publish(
        Topics.LIFECYCLE,
        "acme/pump",
        event("p2", "pump", new TrainingFailed(null, 2, "c", "m", false)));

    // Then
    await().untilAsserted(() -> assertThat(records(Topics.NOTIFICATIONS)).hasSize(2));
    assertThat(printed.toString(StandardCharsets.UTF_8).lines())
        .containsExactlyInAnyOrder(
            "[#anneal] acme/quiet: rolled back to v1 (from v2, by kim): odd",
            "[#anneal] acme/pump: training failed (code c, attempts 2): m");
    assertThat(received).isEmpty();
  }

  private static Definition quiet() {
    var model =
        ModelDefinition.newBuilder()
            .setOrganization("acme")
            .setModel("quiet")
            .setTask("binary")
            .setSensors(List.of())
            .setLagSeconds(List.of())
            .setRollingWindows(List.of())
            .setFailureProbability(.5)
            .setConfidenceThreshold(.7)
            .setHyperparameters(Map.of())
            .setRetryAttempts(3)
            .setNotifyOnSuccess(false)
            .setNotifyOnFailure(false)
            .setDrift(
                DriftSettings.newBuilder()
                    .setCooldownSeconds(1)
                    .setMinimumLabels(1)
                    .setInitialHistorySeconds(1)
                    .setPersistence(3)
                    .setPersistenceOf(4)
                    .build())
            .setGate(new GateLimits(.7, .7, .7, 1L, 1.0))
            .build();
    return new Definition(T, model);
  }
}
