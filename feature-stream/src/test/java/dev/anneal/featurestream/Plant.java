package dev.anneal.featurestream;

import dev.anneal.drift.ReferenceProfile;
import dev.anneal.events.Alert;
import dev.anneal.events.DeadLetter;
import dev.anneal.events.Definition;
import dev.anneal.events.Deployment;
import dev.anneal.events.DeploymentKind;
import dev.anneal.events.DriftEvent;
import dev.anneal.events.DriftSettings;
import dev.anneal.events.FeatureExtent;
import dev.anneal.events.FeatureProfile;
import dev.anneal.events.GateLimits;
import dev.anneal.events.LifecycleEvent;
import dev.anneal.events.ModelDefinition;
import dev.anneal.events.OrganizationDefinition;
import dev.anneal.events.Outcome;
import dev.anneal.events.PerformanceEstimator;
import dev.anneal.events.Prediction;
import dev.anneal.events.ScadaSource;
import dev.anneal.events.ScheduleTick;
import dev.anneal.events.Sensor;
import dev.anneal.events.TrainRequest;
import dev.anneal.policy.EventTime;
import dev.anneal.policy.RetrainingState;
import dev.anneal.schemas.AvroSerde;
import dev.anneal.schemas.InMemoryRegistry;
import dev.anneal.schemas.RowCodec;
import dev.anneal.schemas.RowCodec.Quality;
import dev.anneal.schemas.RowCodec.Row;
import dev.anneal.schemas.Stage;
import dev.anneal.schemas.Topic;
import dev.anneal.schemas.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.jspecify.annotations.Nullable;

/// The topology of an organization `acme` with pumps that have two sensors, in a driver.
final class Plant implements AutoCloseable {
  static final String ORGANIZATION = "acme";
  static final String MODEL = "pump-failure";
  static final String KEY = "acme/pump-failure";
  static final List<String> SENSORS = List.of("temperature", "pressure");
  static final long DAY = EventTime.DAY_MICROS;
  private static final List<String> POLICY_STORES =
      List.of(PolicyProcessor.POLICIES, PolicyProcessor.WINDOWS, PolicyProcessor.LOSSES);
  private static final List<String> COMMITTED_STORES =
      Stream.concat(POLICY_STORES.stream(), Stream.of(LossProcessor.LOSSES)).toList();
  static final Duration MODEL_PATIENCE = Duration.ofDays(7);

  final InMemoryRegistry registry = new InMemoryRegistry();
  private final RowCodec telemetry = RowCodec.telemetry(ORGANIZATION, SENSORS, registry);
  final FakeTelemetryLog log = new FakeTelemetryLog();
  private final Map<String, Map<String, byte[]>> tables = new TreeMap<>();
  private final Duration patience;
  private TopologyTestDriver driver;
  private Instant now = Instant.parse("2030-01-01T00:00:00Z");
  private long lsn;

  Plant() {
    this(Duration.ZERO);
  }

  /// @param patience of rows with definitions
  Plant(Duration patience) {
    this.patience = patience;
    this.driver = started();
  }

  private TopologyTestDriver started() {
    var properties = properties();
    return new TopologyTestDriver(topology(properties), properties, now);
  }

  /// What the changelogs of the policies and of waiting scores hold, and the clock.
  record Committed(Map<String, Map<String, byte[]>> stores, Instant now) {}

  Committed commit() {
    var stores = new TreeMap<String, Map<String, byte[]>>();
    for (var name : COMMITTED_STORES) {
      var content = new TreeMap<String, byte[]>();
      try (var all = driver.<String, byte[]>getKeyValueStore(name).all()) {
        all.forEachRemaining(entry -> content.put(entry.key, entry.value));
      }
      stores.put(name, content);
    }
    return new Committed(stores, now);
  }

  /// Killed, and started again from what was committed; definitions and deployments are as they are
  /// now. For tests without telemetry, whose offsets begin anew.
  void restart(Committed committed) {
    driver.close();
    now = committed.now();
    driver = started();
    committed
        .stores()
        .forEach((name, content) -> content.forEach(driver.getKeyValueStore(name)::put));
    tables.forEach((topic, records) -> records.forEach(input(topic)::pipeInput));
  }

  Topology topology(Properties properties) {
    return new FeatureStreamTopology(registry, () -> log, 2, patience, MODEL_PATIENCE)
        .build(properties);
  }

  static Properties properties() {
    var settings =
        new FeatureStreamSettings(
            FeatureStreamSettings.Guarantee.EXACTLY_ONCE,
            Duration.ofMillis(100),
            1,
            null,
            Path.of(System.getProperty("java.io.tmpdir"), "anneal-feature-stream-test"),
            Duration.ZERO,
            MODEL_PATIENCE);
    return StreamsProperties.of(Map.of("bootstrap.servers", List.of("none:1")), settings);
  }

  // ---- in

  Plant define() {
    return define(model(List.of("3"), 5 * 24 * 3600));
  }

  Plant define(ModelDefinition model) {
    definitions(model).forEach((key, definition) -> publish(Topics.MODELS, key, definition));
    return this;
  }

  /// Takes the model's definition away.
  @SuppressWarnings("NullAway") // a record without a value
  void undefine() {
    tables.getOrDefault(Topics.MODELS.name(), Map.of()).remove(KEY);
    input(Topics.MODELS.name()).pipeInput(KEY, null);
  }

  /// Of the organization and of the model, by key.
  static Map<String, Definition> definitions(ModelDefinition model) {
    var source = ScadaSource.newBuilder();
    source
        .setHost("db")
        .setPort(5432)
        .setDatabase("scada")
        .setUser("u")
        .setTables(List.of("readings"));
    var organization =
        OrganizationDefinition.newBuilder()
            .setName(ORGANIZATION)
            .setSource(source.build())
            .setAssetColumn("a")
            .setTimeColumn("t")
            .setSensors(SENSORS.stream().map(name -> new Sensor(name, name, null)).toList())
            .build();
    return Map.of(
        ORGANIZATION,
        new Definition(Instant.EPOCH, organization),
        KEY,
        new Definition(Instant.EPOCH, model));
  }

  static ModelDefinition model(List<String> windows, long initialHistorySeconds) {
    return ModelDefinition.newBuilder()
        .setOrganization(ORGANIZATION)
        .setModel(MODEL)
        .setTask("binary")
        .setFailureWithinSeconds(24L * 3600)
        .setSensors(SENSORS)
        .setLagSeconds(List.of(60))
        .setRollingWindows(windows)
        .setFailureProbability(.85)
        .setConfidenceThreshold(.7)
        .setHyperparameters(Map.of())
        .setRetryAttempts(3)
        .setNotifyOnSuccess(true)
        .setNotifyOnFailure(true)
        .setDrift(
            DriftSettings.newBuilder()
                .setCooldownSeconds(0)
                .setMinimumLabels(100)
                .setInitialHistorySeconds(initialHistorySeconds)
                .setPersistence(3)
                .setPersistenceOf(4)
                .build())
        .setGate(new GateLimits(.7, .7, .7, 1L << 20, 50.0))
        .build();
  }

  /// The model that is never trained again only because there are more rows.
  static ModelDefinition withoutRefreshes() {
    var model = model(List.of("3"), 5 * 24 * 3600);
    var drift = DriftSettings.newBuilder(model.getDrift()).setRefreshRows(List.of());
    return ModelDefinition.newBuilder(model).setDrift(drift.build()).build();
  }

  void row(String asset, long eventTimeMicros, double... values) {
    row(new Row(asset, eventTimeMicros, eventTimeMicros, ++lsn, Quality.GOOD, values));
  }

  void row(Row row) {
    bytes(row.asset(), telemetry.encode(row), row.eventTimeMicros() / 1_000);
  }

  @SuppressWarnings("NullAway") // a record without a value
  void bytes(String asset, byte @Nullable [] value, long eventTimeMillis) {
    log.append(value, eventTimeMillis);
    input(Topics.telemetry(ORGANIZATION).name()).pipeInput(asset, value);
  }

  void deploy(String version, ReferenceProfile profile) {
    var deployment =
        Deployment.newBuilder()
            .setDeploymentId("deployment-of-" + version)
            .setOrganization(ORGANIZATION)
            .setModel(MODEL)
            .setVersion(version)
            .setKind(DeploymentKind.DEPLOY)
            .setArtifactUri("file:x")
            .setArtifactSha256("0")
            .setFeatures(profile.features().stream().map(f -> f.name()).toList())
            .setReferenceProfile(wire(profile))
            .setDeployedAt(Instant.EPOCH.plus(profile.toMicros(), ChronoUnit.MICROS))
            .build();
    publish(Topics.DEPLOYMENTS, KEY, deployment);
  }

  private static dev.anneal.events.ReferenceProfile wire(ReferenceProfile profile) {
    var score = profile.score();
    return dev.anneal.events.ReferenceProfile.newBuilder()
        .setRows(profile.rows())
        .setFrom(instant(profile.fromMicros()))
        .setTo(instant(profile.toMicros()))
        .setFeatures(profile.features().stream().map(Plant::wire).toList())
        .setScore(score == null ? null : wire(score))
        .setEstimator(wire(profile.estimator()))
        .build();
  }

  private static @Nullable PerformanceEstimator wire(
      dev.anneal.drift.@Nullable PerformanceEstimator e) {
    return e == null
        ? null
        : new PerformanceEstimator(
            e.threshold(),
            e.tau(),
            e.calibrated(),
            e.edges(),
            e.probabilities(),
            e.lowAccuracy(),
            e.highAccuracy());
  }

  private static FeatureProfile wire(dev.anneal.drift.FeatureProfile f) {
    return new FeatureProfile(
        f.name(),
        f.bins().edges(),
        f.counts(),
        f.mean(),
        f.standardDeviation(),
        f.tau(),
        f.importance(),
        new FeatureExtent(
            f.extent().minimum(),
            f.extent().low(),
            f.extent().high(),
            f.extent().maximum(),
            f.extent().stuck()));
  }

  void lifecycle(String requestId, Object event) {
    var envelope =
        LifecycleEvent.newBuilder()
            .setEventId(requestId + event.getClass())
            .setOrganization(ORGANIZATION)
            .setModel(MODEL)
            .setOccurredAt(Instant.EPOCH)
            .setRequestId(requestId)
            .setEvent(event)
            .build();
    publish(Topics.LIFECYCLE, KEY, envelope);
  }

  void tick(String id) {
    publish(
        Topics.SCHEDULE_TICKS,
        KEY,
        new ScheduleTick(id, ORGANIZATION, MODEL, Instant.EPOCH, "0 2 * * 0", "UTC", false));
  }

  <V extends SpecificRecord> void publish(Topic<V> topic, String key, V value) {
    send(
        topic,
        key,
        new AvroSerde<>(topic.type(), registry).serializer().serialize(topic.name(), value));
  }

  private void send(Topic<?> topic, String key, byte[] bytes) {
    if (topic.equals(Topics.MODELS) || topic.equals(Topics.DEPLOYMENTS)) {
      tables.computeIfAbsent(topic.name(), _ -> new TreeMap<>()).put(key, bytes);
    }
    input(topic.name()).pipeInput(key, bytes);
  }

  /// What a partition of the telemetry or of the predictions tells the model's policy.
  void tell(Message message) {
    input(StreamsProperties.APPLICATION_ID + "-counts-repartition")
        .pipeInput(KEY, JsonCodec.encode(message));
  }

  void predicted(String version, String asset, long eventTimeMicros, double score) {
    var prediction =
        Prediction.newBuilder()
            .setOrganization(ORGANIZATION)
            .setModel(MODEL)
            .setVersion(version)
            .setAsset(asset)
            .setEventTime(instant(eventTimeMicros))
            .setScore(score)
            .setLabel("0")
            .setScoredAt(instant(eventTimeMicros))
            .build();
    publish(Topics.predictions(ORGANIZATION), asset, prediction);
  }

  void failed(String asset, long eventTimeMicros) {
    failed(asset, eventTimeMicros, eventTimeMicros);
  }

  void failed(String asset, long eventTimeMicros, long knownTimeMicros) {
    var outcome =
        Outcome.newBuilder()
            .setAsset(asset)
            .setEventTime(instant(eventTimeMicros))
            .setKnownTime(instant(knownTimeMicros))
            .setLsn(++lsn);
    publish(Topics.outcomes(ORGANIZATION), asset, outcome.build());
  }

  /// The source has told of all failures that it knew of at this time.
  void failuresKnown(long micros) {
    var progress = new Outcome("", instant(micros), instant(micros), 0L, "progress", null);
    publish(Topics.outcomes(ORGANIZATION), "", progress);
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  void malformed(Topic<?> topic, String key) {
    send(topic, key, new byte[] {1, 2, 3});
  }

  private TestInputTopic<String, byte[]> input(String topic) {
    return driver.createInputTopic(topic, new StringSerializer(), new ByteArraySerializer());
  }

  void clockAdvances(Duration by) {
    now = now.plus(by);
    driver.advanceWallClockTime(by);
  }

  /// Of the policy, by its store's key.
  @Nullable RetrainingState policyState() {
    byte[] bytes = driver.<String, byte[]>getKeyValueStore(PolicyProcessor.POLICIES).get(KEY);
    return bytes == null ? null : JsonCodec.decode(bytes, RetrainingState.class);
  }

  /// How often what the policies know was written since this was asked last.
  long policyWrites() {
    return POLICY_STORES.stream()
        .map(name -> "%s-%s-changelog".formatted(StreamsProperties.APPLICATION_ID, name))
        .map(
            topic ->
                driver.createOutputTopic(
                    topic, new StringDeserializer(), new ByteArrayDeserializer()))
        .mapToLong(changelog -> changelog.readKeyValuesToList().size())
        .sum();
  }

  /// Of a store.
  List<String> keys(String store) {
    return new JsonStore(driver.getKeyValueStore(store)).keys();
  }

  /// What the policy was told of losses, since this was asked last.
  List<Message.Loss> losses() {
    return driver
        .createOutputTopic(
            StreamsProperties.APPLICATION_ID + "-losses-repartition",
            new StringDeserializer(),
            new ByteArrayDeserializer())
        .readValuesToList()
        .stream()
        .map(bytes -> JsonCodec.decode(bytes, Message.class))
        .filter(Message.Loss.class::isInstance)
        .map(Message.Loss.class::cast)
        .toList();
  }

  // ---- out

  List<Row> features() {
    return features(model(List.of("3"), 0));
  }

  List<Row> features(ModelDefinition model) {
    var topic = Topics.features(ORGANIZATION, MODEL).name();
    var names = WireDefinitions.model(new Definition(Instant.EPOCH, model)).specification().names();
    var codec = RowCodec.features(ORGANIZATION, MODEL, names, registry);
    return driver
        .createOutputTopic(topic, new StringDeserializer(), new ByteArrayDeserializer())
        .readValuesToList()
        .stream()
        .map(codec::decode)
        .toList();
  }

  List<DriftEvent> drift() {
    return read(Topics.DRIFT);
  }

  List<Alert> alerts() {
    return read(Topics.ALERTS);
  }

  List<TrainRequest> requests() {
    return read(Topics.TRAIN_REQUESTS);
  }

  List<DeadLetter> deadLetters() {
    return read(Topics.deadLetters(Stage.FEATURE_STREAM));
  }

  private <V extends SpecificRecord> List<V> read(Topic<V> topic) {
    var serde = new AvroSerde<>(topic.type(), registry);
    return driver
        .createOutputTopic(topic.name(), new StringDeserializer(), serde.deserializer())
        .readKeyValuesToList()
        .stream()
        .map((KeyValue<String, V> record) -> record.value)
        .toList();
  }

  @Override
  public void close() {
    driver.close();
  }
}
