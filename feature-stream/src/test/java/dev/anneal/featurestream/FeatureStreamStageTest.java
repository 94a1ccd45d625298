package dev.anneal.featurestream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.anneal.embedded.EmbeddedKafka;
import dev.anneal.events.Definition;
import dev.anneal.events.ModelDefinition;
import dev.anneal.features.AssetFeatures;
import dev.anneal.features.FeatureSpecification;
import dev.anneal.schemas.AvroSerde;
import dev.anneal.schemas.InMemoryRegistry;
import dev.anneal.schemas.RegistryServer;
import dev.anneal.schemas.RowCodec;
import dev.anneal.schemas.RowCodec.Quality;
import dev.anneal.schemas.RowCodec.Row;
import dev.anneal.schemas.SchemaRegistry;
import dev.anneal.schemas.Topic;
import dev.anneal.schemas.Topics;
import dev.anneal.stage.TopicAdmin;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/// The stage as it runs, over a broker.
class FeatureStreamStageTest {
  private static final int KILLS = 3;
  private static final List<String> ASSETS =
      List.of("pump-1", "pump-2", "pump-3", "pump-4", "pump-5");
  private static final Model MODEL = model(Plant.model(List.of("3", "10m"), 5 * 24 * 3600));

  private final InMemoryRegistry registry = new InMemoryRegistry();
  private final RowCodec telemetry =
      RowCodec.telemetry(Plant.ORGANIZATION, Plant.SENSORS, registry);
  private final SplittableRandom random = new SplittableRandom(5);
  private final Map<String, List<Row>> sent = new HashMap<>();
  // the topic of features keeps a month by event time
  private final long start = System.currentTimeMillis() * 1_000;
  private long lsn;

  @TempDir private Path directory;
  private EmbeddedKafka broker;
  private ConfigurableApplicationContext first;
  private KafkaProducer<String, byte[]> producer;

  private static Model model(ModelDefinition definition) {
    return WireDefinitions.model(new Definition(Instant.EPOCH, definition));
  }

  @BeforeEach
  void start() throws IOException {
    broker = EmbeddedKafka.start(directory.resolve("kafka"));
    first = run("first");
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrapServers()),
            new StringSerializer(),
            new ByteArraySerializer());
  }

  @AfterEach
  void stop() {
    producer.close();
    first.close();
    broker.close();
  }

  @Test
  void featuresOfANewOrganizationAreTheSameBitsAcrossARebalanceAndARestart() {
    // Given: an organization that appears while the stage runs
    define();

    // When: another instance joins, the first one leaves and comes back
    send(200);
    awaitFeatures(200);
    try (var _ = run("second")) {
      send(200);
      awaitFeatures(400);
      first.close();
      send(200);
      awaitFeatures(600);
    }
    first = run("first");
    send(200);
    awaitFeatures(800);

    // Then
    assertEveryRowHasItsFeatures(800);
  }

  @Test
  void everyRowHasOneFeatureRowWhateverTransactionsAreLost() throws Exception {
    // Given
    define();
    send(50);
    awaitFeatures(50);

    // When: all open transactions are aborted again and again, an instance joins and goes
    try (var _ = run("second");
        var admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      for (int i = 0; i < 6; i++) {
        send(100);
        abortTransactions(admin);
      }
      send(50);
      awaitFeatures(700);
    }
    send(100);
    awaitFeatures(800);

    // Then
    assertEveryRowHasItsFeatures(800);
  }

  /// Known again by its state directory, or by its instance id.
  @ParameterizedTest
  @ValueSource(strings = {"", "--anneal.feature-stream.instance-id=killed"})
  void everyRowHasOneFeatureRowWhereverTheProcessIsKilled(String identity) throws Exception {
    // Given
    define();
    first.close();
    int rows = 0;

    // When
    try (var server = new RegistryServer(registry)) {
      for (int kill = 0; kill < KILLS; kill++) {
        var process = process(server, identity);
        int before = ofAssets().size();
        int most = random.nextInt(400); // features seen when it is killed, amid its transactions
        while (ofAssets().size() <= before + most) {
          assertThat(process.isAlive()).as("see %s", log()).isTrue();
          send(100);
          rows += 100;
        }
        process.destroyForcibly().waitFor();
        send(100); // while none lives
        rows += 100;
      }
    }
    first = run("killed", identities(identity));
    awaitFeatures(rows);

    // Then
    assertEveryRowHasItsFeatures(rows);
  }

  /// The stage in a JVM of its own.
  private Process process(RegistryServer server, String identity) throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(FeatureStreamApplication.class.getName());
    command.addAll(List.of(arguments("killed", identities(identity))));
    command.add("--anneal.registry.url=" + server.url());
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
        .start();
  }

  private static String[] identities(String identity) {
    return identity.isEmpty() ? new String[0] : new String[] {identity};
  }

  private Path log() {
    return directory.resolve("killed.log");
  }

  private static void abortTransactions(Admin admin) throws Exception {
    var ids =
        admin.listTransactions().all().get().stream()
            .map(TransactionListing::transactionalId)
            .filter(id -> id.startsWith(StreamsProperties.APPLICATION_ID))
            .toList();
    admin.fenceProducers(ids).all().get();
  }

  @Test
  void aChangedDefinitionIsCutOverBetweenTwoRowsOfAPartition() {
    // Given
    define();
    send(200);
    awaitFeatures(200);

    // When
    var changed = Plant.model(List.of("3", "10m", "8"), 5 * 24 * 3600);
    var specification = model(changed).specification();
    publish(Plant.KEY, Plant.definitions(changed).get(Plant.KEY));
    await()
        .until(
            () -> {
              send(ASSETS.size());
              int mean = specification.names().indexOf("pressure_mean_8");
              return features(specification).stream()
                  .anyMatch(row -> !Double.isNaN(row.values()[mean]));
            });
    send(200);
    int rows = ASSETS.stream().mapToInt(asset -> sent.get(asset).size()).sum();
    awaitFeatures(rows);

    // Then: those before are of the one, those after of the other
    var names = specification.names();
    for (String asset : ASSETS) {
      var after = expected(sent.get(asset), specification);
      var before =
          expected(sent.get(asset), MODEL.specification()).stream()
              .map(row -> widened(row, MODEL.specification().names(), names))
              .toList();
      var features =
          features(specification).stream().filter(row -> row.asset().equals(asset)).toList();
      int cut = 0;
      while (features.get(cut).equals(before.get(cut))) {
        cut++;
      }
      assertThat(cut).isBetween(1, features.size() - 1);
      assertThat(features.subList(cut, features.size()))
          .isEqualTo(after.subList(cut, after.size()));
    }
  }

  private static Row widened(Row row, List<String> names, List<String> wider) {
    var values = new double[wider.size()];
    Arrays.setAll(
        values,
        i -> names.contains(wider.get(i)) ? row.values()[names.indexOf(wider.get(i))] : Double.NaN);
    return new Row(
        row.asset(),
        row.eventTimeMicros(),
        row.knownTimeMicros(),
        row.lsn(),
        row.quality(),
        values);
  }

  private void define() {
    first.getBean(TopicAdmin.class).ensure(Topics.ofOrganization(Plant.ORGANIZATION));
    first
        .getBean(TopicAdmin.class)
        .ensure(List.of(Topics.features(Plant.ORGANIZATION, Plant.MODEL)));
    Plant.definitions(Plant.model(List.of("3", "10m"), 5 * 24 * 3600)).forEach(this::publish);
    awaitDefinitions();
  }

  private void assertEveryRowHasItsFeatures(int rows) {
    var features = ofAssets();
    assertThat(features).hasSize(rows);
    for (String asset : ASSETS) {
      var ofAsset = features.stream().filter(row -> row.asset().equals(asset)).toList();
      assertThat(ofAsset).isEqualTo(expected(sent.get(asset), MODEL.specification()));
    }
  }

  private void awaitFeatures(int count) {
    await().untilAsserted(() -> assertThat(ofAssets()).hasSizeGreaterThanOrEqualTo(count));
  }

  /// The organization's definition and the model's are separate records: rows until both are known
  /// have no features.
  private void awaitDefinitions() {
    await()
        .until(
            () -> {
              sendRow("probe");
              return !features().isEmpty();
            });
  }

  /// By one state from the first row to the last.
  private static List<Row> expected(List<Row> rows, FeatureSpecification specification) {
    var asset = new AssetFeatures(specification);
    var vector = new float[specification.width()];
    var features = new ArrayList<Row>();
    for (var row : rows) {
      asset.add(row.eventTimeMicros(), row.lsn(), row.values());
      asset.computeInto(vector);
      var wide = new double[vector.length];
      Arrays.setAll(wide, i -> vector[i]);
      features.add(
          new Row(
              row.asset(),
              row.eventTimeMicros(),
              row.knownTimeMicros(),
              row.lsn(),
              row.quality(),
              wide));
    }
    return features;
  }

  private void send(int rows) {
    for (int i = 0; i < rows; i++) {
      sendRow(ASSETS.get(i % ASSETS.size()));
    }
  }

  private void sendRow(String asset) {
    lsn++;
    double temperature = random.nextInt(20) == 0 ? Double.NaN : 20 + random.nextDouble();
    var values = new double[] {temperature, random.nextDouble()};
    long time = start + lsn * 7_000_000;
    var row = new Row(asset, time, time, lsn, Quality.GOOD, values);
    sent.computeIfAbsent(asset, _ -> new ArrayList<>()).add(row);
    write(Topics.telemetry(Plant.ORGANIZATION).name(), asset, telemetry.encode(row));
  }

  private void publish(String key, Definition definition) {
    Topic<Definition> topic = Topics.MODELS;
    var serializer = new AvroSerde<>(topic.type(), registry).serializer();
    write(topic.name(), key, serializer.serialize(topic.name(), definition));
  }

  private void write(String topic, String key, byte[] value) {
    producer.send(new ProducerRecord<>(topic, key, value));
    producer.flush();
  }

  private List<Row> ofAssets() {
    return features().stream().filter(row -> ASSETS.contains(row.asset())).toList();
  }

  /// Committed feature rows.
  private List<Row> features() {
    return features(MODEL.specification());
  }

  private List<Row> features(FeatureSpecification specification) {
    var codec = RowCodec.features(Plant.ORGANIZATION, Plant.MODEL, specification.names(), registry);
    String topic = Topics.features(Plant.ORGANIZATION, Plant.MODEL).name();
    var rows = new ArrayList<Row>();
    Map<String, Object> properties =
        Map.of("bootstrap.servers", broker.bootstrapServers(), "isolation.level", "read_committed");
    try (var consumer =
        new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer())) {
      var partitions =
          consumer.partitionsFor(topic).stream()
              .map(p -> new TopicPartition(topic, p.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        consumer
            .poll(Duration.ofMillis(100))
            .forEach(record -> rows.add(codec.decode(record.value())));
      }
    }
    return rows;
  }

  private ConfigurableApplicationContext run(String instance, String... more) {
    return FeatureStreamApplication.application()
        .initializers(
            context ->
                ((GenericApplicationContext) context)
                    .registerBean("registry", SchemaRegistry.class, () -> registry))
        .run(arguments(instance, more));
  }

  private String[] arguments(String instance, String... more) {
    var arguments = new ArrayList<>(List.of(more));
    arguments.add("--spring.main.banner-mode=off");
    arguments.add("--spring.kafka.bootstrap-servers=" + broker.bootstrapServers());
    arguments.add("--anneal.feature-stream.state-directory=" + directory.resolve(instance));
    return arguments.toArray(String[]::new);
  }
}
