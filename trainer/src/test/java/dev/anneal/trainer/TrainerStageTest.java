package dev.anneal.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.anneal.events.Cause;
import dev.anneal.events.CommandRejected;
import dev.anneal.events.Definition;
import dev.anneal.events.DriftSettings;
import dev.anneal.events.GateLimits;
import dev.anneal.events.LifecycleEvent;
import dev.anneal.events.ModelDefinition;
import dev.anneal.events.ModelTrained;
import dev.anneal.events.Outcome;
import dev.anneal.events.RegimeSettings;
import dev.anneal.events.TrainCancel;
import dev.anneal.events.TrainRequest;
import dev.anneal.events.TrainingCancelled;
import dev.anneal.events.TrainingFailed;
import dev.anneal.events.TrainingProgress;
import dev.anneal.events.TrainingQueued;
import dev.anneal.events.TrainingStarted;
import dev.anneal.modelstore.ArtifactStore;
import dev.anneal.modelstore.EvaluationRows;
import dev.anneal.modelstore.GoldenRows;
import dev.anneal.modelstore.LocalArtifactStore;
import dev.anneal.modelstore.ModelCard;
import dev.anneal.modelstore.OnnxModel;
import dev.anneal.schemas.AvroSerde;
import dev.anneal.schemas.InMemoryRegistry;
import dev.anneal.schemas.Micros;
import dev.anneal.schemas.ModelKey;
import dev.anneal.schemas.RowCodec;
import dev.anneal.schemas.SchemaRegistry;
import dev.anneal.schemas.Topic;
import dev.anneal.schemas.Topics;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/// The whole stage on a real broker and a real database, with its training processes.
class TrainerStageTest {
  private static final String ORGANIZATION = "acme";
  private static final List<String> SENSORS = List.of("temperature", "vibration");
  private static final Instant START = Instant.parse("2024-01-01T00:00:00Z");
  private static final int ASSETS = 4;
  private static final int HOURS = 900;
  private static final int FAIL_EVERY = 150;
  private static final InMemoryRegistry REGISTRY = new InMemoryRegistry();

  @TempDir private static Path directory;
  private static KafkaProducer<String, byte[]> producer;
  private static KafkaConsumer<String, byte[]> lifecycle;
  private static ConfigurableApplicationContext trainer;
  private static final List<LifecycleEvent> EVENTS = new ArrayList<>();

  @BeforeAll
  static void startStage() throws Exception {
    TestServers.postgres().createDatabase("trainer_stage");
    trainer = run();
    createTopics();
    producer = producer();
    lifecycle = lifecycle();
    define("pump-failure", SENSORS, Map.of("numIterations", "60"));
    define(
        "slow",
        SENSORS,
        Map.of("numIterations", "10000", "earlyStoppingRound", "0", "numLeaves", "500"));
    define("wrong", SENSORS, Map.of("numLeafs", "31"));
    define(
        "by-regime",
        SENSORS,
        Map.of("numIterations", "3"),
        new RegimeSettings(List.of("temperature"), 2));
    writeHistory();
  }

  private static ConfigurableApplicationContext run() {
    return TrainerApplication.application()
        .initializers(
            context ->
                context.getBeanFactory().registerSingleton("registry", (SchemaRegistry) REGISTRY))
        .run(
            "--spring.kafka.bootstrap-servers=" + TestServers.kafka().bootstrapServers(),
            "--spring.datasource.url=" + TestServers.postgres().jdbcUrl("trainer_stage"),
            "--anneal.artifacts.uri=" + directory.resolve("artifacts").toUri(),
            "--anneal.trainer.work-directory=" + directory.resolve("work"),
            "--anneal.trainer.memory=256MB",
            "--anneal.trainer.dataset=64MB");
  }

  @AfterAll
  static void stopStage() {
    trainer.close();
    producer.close();
    lifecycle.close();
  }

  private static void createTopics() throws InterruptedException, ExecutionException {
    try (var admin =
        Admin.create(Map.of("bootstrap.servers", TestServers.kafka().bootstrapServers()))) {
      var topics =
          Topics.ofOrganization(ORGANIZATION).stream()
              .map(t -> new NewTopic(t.name(), 2, (short) 1).configs(t.configuration()))
              .toList();
      admin.createTopics(topics).all().get();
    }
  }

  private static KafkaProducer<String, byte[]> producer() {
    var properties = new Properties();
    properties.put("bootstrap.servers", TestServers.kafka().bootstrapServers());
    properties.put("linger.ms", "5");
    return new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
  }

  private static KafkaConsumer<String, byte[]> lifecycle() {
    var properties = new Properties();
    properties.put("bootstrap.servers", TestServers.kafka().bootstrapServers());
    properties.put("isolation.level", "read_committed");
    var consumer =
        new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer());
    var partitions =
        consumer.partitionsFor(Topics.LIFECYCLE.name()).stream()
            .map(p -> new TopicPartition(p.topic(), p.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    return consumer;
  }

  private static <V extends SpecificRecord> void send(Topic<V> topic, String key, V value) {
    byte[] bytes =
        new AvroSerde<>(topic.type(), REGISTRY).serializer().serialize(topic.name(), value);
    producer.send(new ProducerRecord<>(topic.name(), key, bytes));
  }

  private static void define(
      String model, List<String> sensors, Map<String, String> hyperparameters) {
    define(model, sensors, hyperparameters, null);
  }

  private static void define(
      String model,
      List<String> sensors,
      Map<String, String> hyperparameters,
      @Nullable RegimeSettings regimes) {
    var definition =
        ModelDefinition.newBuilder()
            .setOrganization(ORGANIZATION)
            .setModel(model)
            .setTask("binary")
            .setFailureWithinSeconds(86_400L)
            .setSensors(sensors)
            .setLagSeconds(List.of(7200))
            .setRollingWindows(List.of("5"))
            .setRegimes(regimes)
            .setFailureProbability(.85)
            .setConfidenceThreshold(.7)
            .setHyperparameters(hyperparameters)
            .setRetryAttempts(1)
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
            .setGate(new GateLimits(.7, .7, .7, 1L << 20, 10.0))
            .build();
    String key = new ModelKey(ORGANIZATION, model).toString();
    send(Topics.MODELS, key, new Definition(Instant.EPOCH, definition));
  }

  /// Machines whose vibration rises in the day before they fail; one hour is delivered twice, one
  /// record is not readable, two have no value, one failure is of the future.
  private static void writeHistory() {
    var random = new Random(1);
    var codec = RowCodec.telemetry(ORGANIZATION, SENSORS, REGISTRY);
    String topic = Topics.telemetry(ORGANIZATION).name();
    long lsn = 0;
    for (int hour = 0; hour < HOURS; hour++) {
      for (int asset = 0; asset < ASSETS; asset++) {
        String name = "machine-" + asset;
        long micros = Micros.of(START.plus(Duration.ofHours(hour)));
        int toFailure = FAIL_EVERY - Math.floorMod(hour + 31 * asset, FAIL_EVERY);
        double wear = Math.max(0, 1 - toFailure / 30.0);
        var values =
            new double[] {60 + random.nextGaussian(), 2 + 3 * wear + .3 * random.nextGaussian()};
        var row = new RowCodec.Row(name, micros, micros + 1, ++lsn, RowCodec.Quality.GOOD, values);
        producer.send(new ProducerRecord<>(topic, null, micros / 1000, name, codec.encode(row)));
        if (hour == 10) {
          producer.send(new ProducerRecord<>(topic, null, micros / 1000, name, codec.encode(row)));
        }
        if (toFailure == FAIL_EVERY && hour > 0) {
          var at = START.plus(Duration.ofHours(hour));
          send(
              Topics.outcomes(ORGANIZATION), name, new Outcome(name, at, at, lsn, "failure", null));
        }
      }
    }
    producer.send(new ProducerRecord<>(topic, "machine-0", new byte[] {9, 9}));
    producer.send(new ProducerRecord<>(topic, "machine-0", null));
    producer.send(new ProducerRecord<>(Topics.outcomes(ORGANIZATION).name(), "machine-0", null));
    var never = Instant.parse("2099-01-01T00:00:00Z");
    send(
        Topics.outcomes(ORGANIZATION),
        "machine-0",
        new Outcome("machine-0", never, START, ++lsn, "failure", null));
    producer.flush();
  }

  private static void request(String id, String model, Map<String, String> overrides) {
    request(id, model, overrides, null, null);
  }

  private static void request(
      String id,
      String model,
      Map<String, String> overrides,
      @Nullable Instant from,
      @Nullable Instant to) {
    send(
        Topics.TRAIN_REQUESTS,
        new ModelKey(ORGANIZATION, model).toString(),
        TrainRequest.newBuilder()
            .setRequestId(id)
            .setOrganization(ORGANIZATION)
            .setModel(model)
            .setCause(Cause.MANUAL)
            .setRequestedBy("someone")
            .setRequestedAt(Instant.parse("2024-02-10T08:00:00.123456Z"))
            .setOverrides(overrides)
            .setDataFrom(from)
            .setDataTo(to)
            .build());
  }

  /// The events of one request so far.
  private static List<Object> story(String requestId) {
    var deserializer = new AvroSerde<>(LifecycleEvent.class, REGISTRY).deserializer();
    for (var record : lifecycle.poll(Duration.ofMillis(100))) {
      EVENTS.add(deserializer.deserialize(record.topic(), record.value()));
    }
    return EVENTS.stream()
        .filter(e -> requestId.equals(e.getRequestId()))
        .map(LifecycleEvent::getEvent)
        .toList();
  }

  private static <E> E awaitEvent(String requestId, Class<E> type) {
    return await()
        .until(
            () -> story(requestId).stream().filter(type::isInstance).map(type::cast).findFirst(),
            java.util.Optional::isPresent)
        .orElseThrow();
  }

  @Test
  void trainsAModelThatFindsFailuresAndTellsItsStory() {
    // When the same request comes twice
    var before = Instant.now();
    request("r-train", "pump-failure", Map.of());
    request("r-train", "pump-failure", Map.of());
    // Then
    var trained = awaitEvent("r-train", ModelTrained.class);
    await().untilAsserted(() -> assertThat(directory.resolve("work")).isEmptyDirectory());
    assertThat(trained.getMetrics().get("precision")).isGreaterThan(.7);
    assertThat(trained.getMetrics().get("recall")).isGreaterThan(.7);
    assertThat(trained.getParityMaxDelta()).isLessThan(1e-5);
    // by the broker's clock, not by the client's
    assertThat(trained.getVersion())
        .isBetween(Versions.of("", before), Versions.of("", Instant.now()) + "g");
    assertThat(trained.getFeatures())
        .hasSize(15)
        .startsWith("temperature", "temperature_lag_7200s")
        .endsWith("staleness_s");
    assertThat(trained.getReferenceProfile().getFeatures()).hasSize(15);
    assertThat(trained.getReferenceProfile().getEstimator().getThreshold()).isBetween(0.0, 1.0);
    assertThat(trained.getDataCut().getRanges())
        .extracting(r -> r.getTopic() + r.getPartition())
        .containsExactly(
            "anneal.outcomes.acme0",
            "anneal.outcomes.acme1",
            "anneal.telemetry.acme0",
            "anneal.telemetry.acme1");
    // the duplicates and the unreadable record are in the cut and not in the data
    assertThat(
            trained.getDataCut().getRanges().stream().mapToLong(r -> r.getTo() - r.getFrom()).sum())
        .isGreaterThan((long) ASSETS * HOURS);
    // and the artifact is what the deployer needs
    ArtifactStore store = new LocalArtifactStore(directory.resolve("artifacts"));
    var artifact = store.open(URI.create(trained.getArtifactUri()), trained.getArtifactSha256());
    try (var model = OnnxModel.load(artifact.read("model.onnx"))) {
      assertThat(GoldenRows.from(artifact.read(GoldenRows.FILE)).maxDelta(model)).isLessThan(1e-5);
      var card = ModelCard.from(artifact.read(ModelCard.FILE));
      assertThat(card.provenance().settings())
          .containsEntry("unreadableRecords", "1")
          .containsEntry("recordsWithoutValue", "2")
          .containsEntry("badEventTimeOutcomes", "1")
          .containsEntry("duplicateRows", Integer.toString(ASSETS))
          .containsEntry("lateRows", "0")
          .containsEntry("untrustedRows", "0")
          .containsEntry("rowsOutsideRange", "0")
          .containsEntry("rowsLeftOut", "0");
      assertThat(EvaluationRows.from(artifact.read(EvaluationRows.FILE)).count())
          .isEqualTo((int) trained.getValidationRows());
    }
    // and it was told once, in order
    request("r-after", "pump-failure", Map.of("numIterations", "3"));
    awaitEvent("r-after", ModelTrained.class);
    var story = story("r-train").stream().filter(e -> !(e instanceof TrainingProgress)).toList();
    assertThat(story)
        .hasExactlyElementsOfTypes(TrainingQueued.class, TrainingStarted.class, ModelTrained.class);
    assertThat(story("r-train")).hasAtLeastOneElementOfType(TrainingProgress.class);
  }

  @Test
  void learnsTheOperatingRegimesThatTheDefinitionAsksFor() {
    // When
    request("r-regimes", "by-regime", Map.of());
    // Then
    var trained = awaitEvent("r-regimes", ModelTrained.class);
    ArtifactStore store = new LocalArtifactStore(directory.resolve("artifacts"));
    var artifact = store.open(URI.create(trained.getArtifactUri()), trained.getArtifactSha256());
    var regimes = ModelCard.from(artifact.read(ModelCard.FILE)).regimes();
    assertThat(regimes).isNotNull();
    assertThat(regimes.settings()).containsExactly("temperature");
    assertThat(regimes.regimes()).hasSize(2);
    try (var model = OnnxModel.load(artifact.read("model.onnx"))) {
      assertThat(GoldenRows.from(artifact.read(GoldenRows.FILE)).maxDelta(model)).isLessThan(1e-5);
    }
  }

  @Test
  void trainsOnTheRangeAskedForAndSaysHowManyRowsLieOutside() {
    // Given
    var from = START.plus(Duration.ofHours(300));
    var to = START.plus(Duration.ofHours(800));
    // When
    request("r-range", "pump-failure", Map.of("numIterations", "5"), from, to);
    // Then
    var trained = awaitEvent("r-range", ModelTrained.class);
    assertThat(trained.getDataFrom()).isEqualTo(from);
    assertThat(trained.getDataTo()).isBefore(to);
    var store = new LocalArtifactStore(directory.resolve("artifacts"));
    var artifact = store.open(URI.create(trained.getArtifactUri()), trained.getArtifactSha256());
    assertThat(ModelCard.from(artifact.read(ModelCard.FILE)).provenance().settings())
        .containsEntry("rowsOutsideRange", Integer.toString(ASSETS * (HOURS - 500)));
  }

  @Test
  void tellsOfAnArtifactThatAnAttemptLeftWhichDiedBeforeItsEvent() {
    // Given a trained run, put back to where a kill between artifact and event leaves it
    request("r-left", "pump-failure", Map.of("numIterations", "5"));
    var before = awaitEvent("r-left", ModelTrained.class);
    EVENTS.clear();
    var jdbc = trainer.getBean(JdbcClient.class);
    jdbc.sql("update trainer.run set state = 'RUNNING', ended_at = null where run_id = ?")
        .param(before.getRunId())
        .update();
    jdbc.sql("delete from trainer.outbox where key = 'acme/pump-failure'").update();
    // When another trainer goes on
    trainer.getBean(RunScheduler.class).dispatch(before.getRunId());
    // Then
    var after = awaitEvent("r-left", ModelTrained.class);
    assertThat(after.getAttempt()).isEqualTo(before.getAttempt() + 1);
    assertThat(after.getArtifactSha256()).isEqualTo(before.getArtifactSha256());
    assertThat(after.getMetrics()).isEqualTo(before.getMetrics());
    assertThat(after.getReferenceProfile()).isEqualTo(before.getReferenceProfile());
    assertThat(story("r-left")).noneMatch(TrainingProgress.class::isInstance);
  }

  @Test
  void refusesAnUnknownModel() {
    request("r-unknown", "no-such-model", Map.of());
    var failed = awaitEvent("r-unknown", TrainingFailed.class);
    assertThat(failed.getCode()).isEqualTo("unknown-model");
    assertThat(failed.getMessage()).contains("acme/no-such-model");
    assertThat(failed.getRunId()).isNull();
  }

  @Test
  void saysWhatIsWrongWithHyperparameters() {
    request("r-wrong", "wrong", Map.of());
    var failed = awaitEvent("r-wrong", TrainingFailed.class);
    assertThat(failed.getCode()).isEqualTo("invalid-hyperparameters");
    assertThat(failed.getMessage()).contains("numLeafs is not a hyper-parameter");
    assertThat(failed.getWillRetry()).isFalse();
  }

  @Test
  void cancelsARunningTraining() {
    // Given
    request("r-slow", "slow", Map.of());
    await()
        .until(
            () ->
                story("r-slow").stream()
                    .anyMatch(
                        e ->
                            e instanceof TrainingProgress p
                                && p.getPhase().equals("reading")
                                && p.getDone() > 0));
    // When
    cancel("c-1", "slow");
    // Then
    var cancelled = awaitEvent("r-slow", TrainingCancelled.class);
    assertThat(cancelled.getRequestedBy()).isEqualTo("someone");
    assertThat(story("r-slow"))
        .filteredOn(TrainingProgress.class::isInstance)
        .extracting(e -> ((TrainingProgress) e).getPhase())
        .as("it did not train on")
        .containsOnly("reading");
  }

  @Test
  void rejectsACancelOfNothing() {
    cancel("c-nothing", "wrong-one");
    await()
        .untilAsserted(
            () -> {
              story("");
              assertThat(EVENTS)
                  .extracting(LifecycleEvent::getEvent)
                  .anyMatch(
                      e -> e instanceof CommandRejected r && r.getCommandId().equals("c-nothing"));
            });
  }

  @Test
  void goesOnAfterARestartInTheMiddleOfATraining() {
    // Given
    request("r-restart", "slow", Map.of("numIterations", "400"));
    awaitEvent("r-restart", TrainingStarted.class);
    // When
    trainer.close();
    trainer = run();
    // Then
    awaitEvent("r-restart", ModelTrained.class);
    assertThat(story("r-restart")).filteredOn(ModelTrained.class::isInstance).hasSize(1);
    assertThat(story("r-restart")).filteredOn(TrainingFailed.class::isInstance).isEmpty();
  }

  private static void cancel(String id, String model) {
    send(
        Topics.TRAIN_CANCELS,
        new ModelKey(ORGANIZATION, model).toString(),
        TrainCancel.newBuilder()
            .setCancelId(id)
            .setOrganization(ORGANIZATION)
            .setModel(model)
            .setRequestedBy("someone")
            .setReason("enough")
            .setRequestedAt(Instant.now())
            .build());
  }
}
