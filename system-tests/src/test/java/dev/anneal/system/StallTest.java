package dev.anneal.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.anneal.events.Alert;
import dev.anneal.events.LifecycleEvent;
import dev.anneal.events.ModelDeployed;
import dev.anneal.events.Prediction;
import dev.anneal.events.TrainingFailed;
import dev.anneal.events.TrainingStarted;
import dev.anneal.schemas.AvroSerde;
import dev.anneal.schemas.HttpSchemaRegistry;
import dev.anneal.schemas.Topics;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A machine that stands still for half a minute, at a start, in a training and while rows come,
/// and one with half a core, at a start and while rows come: nothing is lost, trained twice,
/// refused or reported. The process tree of a real `up` is stopped and continued. Takes nine
/// minutes, so it runs with `-Pchaos`.
@Tag("chaos")
class StallTest {
  /// As docs/timeouts.md promises; where most is at stake.
  private static final Duration STALL = Duration.ofSeconds(30);

  /// At the other moments, unless `-Dstall.seconds` gives another one.
  private static final Duration SHORT_STALL =
      Duration.ofSeconds(Integer.getInteger("stall.seconds", 30));

  private static final Duration LIMIT = Duration.ofMinutes(8);

  /// Stopped and running by turns of this length, on one core, is half a core.
  private static final long SLICE_MILLIS = 100;

  private static final int SLICES = 50;

  @TempDir private static Path directory;
  private static Process up;
  private static KafkaConsumer<String, byte[]> consumer;
  private static HttpSchemaRegistry registry;

  private static final List<LifecycleEvent> EVENTS = new ArrayList<>();
  private static final List<Alert> ALERTS = new ArrayList<>();
  private static final Map<String, Long> RECORDS = new HashMap<>();
  private static final List<String> FEATURE_ROWS = new ArrayList<>();
  private static final Set<String> TELEMETRY_ROWS = new HashSet<>();
  private static final List<Prediction> PREDICTIONS = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(
        Files.isDirectory(Path.of("/proc/self")),
        "skipped: no /proc here to find the processes in");
    Path log = directory.resolve("up.log");
    var command =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "--enable-native-access=ALL-UNNAMED",
                "-Danneal.registry.home=" + System.getProperty("anneal.registry.home"),
                "dev.anneal.standalone.Anneal",
                "up",
                "--simulate",
                "--data-dir",
                directory.resolve("data").toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    command.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    up = command.start();
    await().atMost(LIMIT).until(() -> Files.readString(log).contains("starting the stages"));
    stall(SHORT_STALL);
    halfACoreUntil(() -> isAlive() && Files.readString(log).contains("Ctrl-C stops"));
    open();
  }

  private static boolean isAlive() throws IOException {
    assertThat(up.isAlive()).as(() -> read(directory.resolve("up.log"))).isTrue();
    return true;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static void open() throws IOException {
    var endpoints = new Properties();
    try (var in = Files.newInputStream(directory.resolve("data/endpoints.properties"))) {
      endpoints.load(in);
    }
    registry = new HttpSchemaRegistry(URI.create(endpoints.getProperty("registry")));
    consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                endpoints.getProperty("bootstrap.servers"),
                "group.id",
                "stall-test",
                "auto.offset.reset",
                "earliest",
                "enable.auto.commit",
                false,
                "metadata.max.age.ms",
                500,
                "isolation.level",
                "read_committed"),
            new StringDeserializer(),
            new ByteArrayDeserializer());
    consumer.subscribe(Pattern.compile("anneal\\..*"));
  }

  @AfterAll
  static void stop() throws InterruptedException {
    if (consumer != null) {
      consumer.close();
    }
    if (up != null) {
      up.destroy();
      if (!up.waitFor(2, TimeUnit.MINUTES)) {
        tree().forEach(ProcessHandle::destroyForcibly);
      }
    }
  }

  @Test
  void aMachineThatStandsStillLosesNothingAndReportsNothing() throws Exception {
    // When it stands still in a training
    await().atMost(LIMIT).until(() -> isAlive() && has(TrainingStarted.class));
    stall(STALL);
    await().atMost(LIMIT).until(() -> isAlive() && deployedOrganizations() == 2);

    // and while rows come and are scored
    goesOn();
    stall(SHORT_STALL);
    goesOn();

    // and then has half a core for a while
    var slices = new AtomicInteger();
    halfACoreUntil(() -> slices.incrementAndGet() > SLICES);
    goesOn();

    // Then
    var started =
        EVENTS.stream()
            .filter(e -> e.getEvent() instanceof TrainingStarted)
            .collect(Collectors.groupingBy(LifecycleEvent::getRequestId, Collectors.counting()));
    assertThat(started.values()).as("attempts of each run").isNotEmpty().containsOnly(1L);
    assertThat(EVENTS.stream().map(LifecycleEvent::getEvent))
        .noneMatch(TrainingFailed.class::isInstance);
    assertThat(ALERTS.stream().map(Alert::getKind))
        .as("only what the plants themselves are about")
        .isSubsetOf("FAILURE_PREDICTED", "SENSOR_FAULT");
    assertThat(RECORDS.keySet()).noneMatch(topic -> topic.startsWith("anneal.deadletters"));
    assertThat(FEATURE_ROWS).hasSameSizeAs(new HashSet<>(FEATURE_ROWS));
    var written = Set.copyOf(TELEMETRY_ROWS);
    assertThat(written).hasSizeGreaterThan(100_000);
    await()
        .atMost(LIMIT)
        .until(() -> isAlive() && new HashSet<>(featureRows()).containsAll(written));
  }

  /// Without the model, of which there is one an organization.
  private static List<String> featureRows() {
    poll();
    return FEATURE_ROWS;
  }

  private static void goesOn() {
    int before = PREDICTIONS.size();
    await()
        .atMost(LIMIT)
        .until(
            () -> {
              poll();
              return isAlive() && PREDICTIONS.size() > before + 500;
            });
  }

  private static boolean has(Class<?> event) {
    poll();
    return EVENTS.stream().map(LifecycleEvent::getEvent).anyMatch(event::isInstance);
  }

  private static long deployedOrganizations() {
    poll();
    return EVENTS.stream()
        .filter(e -> e.getEvent() instanceof ModelDeployed)
        .map(LifecycleEvent::getOrganization)
        .distinct()
        .count();
  }

  private static void poll() {
    for (var record : consumer.poll(Duration.ofMillis(200))) {
      if (record.key() != null) {
        RECORDS.merge(record.topic(), 1L, Long::sum);
      }
      if (record.topic().equals(Topics.LIFECYCLE.name())) {
        EVENTS.add(decode(record, LifecycleEvent.class));
      } else if (record.topic().equals(Topics.ALERTS.name())) {
        ALERTS.add(decode(record, Alert.class));
      } else if (record.topic().startsWith("anneal.predictions.")) {
        PREDICTIONS.add(decode(record, Prediction.class));
      } else if (record.topic().startsWith("anneal.features.")) {
        FEATURE_ROWS.add(row(record));
      } else if (record.topic().startsWith("anneal.telemetry.")) {
        TELEMETRY_ROWS.add(row(record));
      }
    }
  }

  private static <T extends org.apache.avro.specific.SpecificRecord> T decode(
      ConsumerRecord<String, byte[]> record, Class<T> type) {
    return new AvroSerde<>(type, registry)
        .deserializer()
        .deserialize(record.topic(), record.value());
  }

  /// Organization, asset and event time.
  private static String row(ConsumerRecord<String, byte[]> record) {
    return "%s %s %d"
        .formatted(record.topic().split("\\.")[2], record.key(), eventTime(record.value()));
  }

  private static long eventTime(byte[] row) {
    try {
      var schema = registry.byId(dev.anneal.schemas.WireFormat.schemaId(row));
      var decoder = DecoderFactory.get().binaryDecoder(row, 5, row.length - 5, null);
      return (Long)
          new GenericDatumReader<GenericRecord>(schema).read(null, decoder).get("eventTime");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Everything that `up` started: PostgreSQL's postmaster is nobody's child.
  private static Stream<ProcessHandle> tree() {
    var all = new HashSet<>(up.descendants().toList());
    Path pidFile = directory.resolve("data/postgres/data/postmaster.pid");
    if (Files.exists(pidFile)) {
      long postmaster = Long.parseLong(read(pidFile).lines().findFirst().orElse("0").trim());
      ProcessHandle.of(postmaster)
          .ifPresent(
              p -> {
                all.add(p);
                all.addAll(p.descendants().toList());
              });
    }
    all.add(up.toHandle());
    return all.stream();
  }

  private static void stall(Duration duration) throws Exception {
    var stopped = tree().toList();
    signal("-STOP", stopped);
    TimeUnit.MILLISECONDS.sleep(duration.toMillis());
    signal("-CONT", stopped);
  }

  private static void halfACoreUntil(Callable<Boolean> done) throws Exception {
    pin("0");
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!done.call()) {
      assertThat(System.nanoTime()).as("limit").isLessThan(end);
      var stopped = tree().toList();
      signal("-STOP", stopped);
      TimeUnit.MILLISECONDS.sleep(SLICE_MILLIS);
      signal("-CONT", stopped);
      TimeUnit.MILLISECONDS.sleep(SLICE_MILLIS);
    }
    pin("0-%d".formatted(Runtime.getRuntime().availableProcessors() - 1));
  }

  private static void pin(String cores) throws Exception {
    for (var process : tree().toList()) {
      run("taskset", "-acp", cores, Long.toString(process.pid()));
    }
  }

  private static void signal(String signal, List<ProcessHandle> processes) throws Exception {
    var command = new ArrayList<>(List.of("kill", signal));
    processes.forEach(p -> command.add(Long.toString(p.pid())));
    run(command.toArray(String[]::new));
  }

  private static void run(String... command) throws Exception {
    int exit =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor();
    if (exit != 0 && List.of(command).contains("taskset") && isOfUp(command)) {
      throw new IOException(String.join(" ", command) + " ended with " + exit);
    }
  }

  /// Others may have ended since they were listed.
  private static boolean isOfUp(String... command) {
    return List.of(command).getLast().equals(Long.toString(up.pid()));
  }
}
