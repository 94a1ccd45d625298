package dev.anneal.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.anneal.events.Cause;
import dev.anneal.events.DeadLetter;
import dev.anneal.events.DeployAction;
import dev.anneal.events.DeployCommand;
import dev.anneal.events.LifecycleEvent;
import dev.anneal.events.TrainCancel;
import dev.anneal.events.TrainRequest;
import dev.anneal.schemas.AvroSerde;
import dev.anneal.schemas.HttpSchemaRegistry;
import dev.anneal.schemas.Stage;
import dev.anneal.schemas.Topic;
import dev.anneal.schemas.Topics;
import dev.anneal.schemas.WireFormat;
import dev.anneal.standalone.Standalone;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.Utf8;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

/// Whatever a client writes, the records behind it on the partition are answered: every field of
/// every event that clients write, with every value that a database, a log, a clock or a broker has
/// trouble with, made from the schemas.
class PoisonTest {
  private static final String KEY = "example/pump-failure";
  private static final Duration LIMIT = Duration.ofMinutes(3);

  /// As long as a record can be that the broker takes.
  private static final int MEGABYTE = 1_000_000;

  private static final int MANY = 20_000;

  /// UTF-8 as no encoder writes it: half of a surrogate pair.
  private static final byte[] LONE_SURROGATE = {'x', (byte) 0xed, (byte) 0xa0, (byte) 0x80, 'y'};

  @TempDir private static Path directory;
  private static Standalone anneal;
  private static HttpSchemaRegistry registry;
  private static KafkaProducer<String, byte[]> producer;
  private static KafkaConsumer<String, byte[]> consumer;
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final List<LifecycleEvent> EVENTS = new ArrayList<>();
  private static final List<DeadLetter> LETTERS = new ArrayList<>();

  @BeforeAll
  static void start() throws IOException {
    anneal =
        Standalone.start(
            directory, Path.of(System.getProperty("anneal.registry.home")), List.of(), _ -> {});
    registry = new HttpSchemaRegistry(URI.create(anneal.endpoints().registry()));
    var servers = anneal.endpoints().bootstrapServers();
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", servers, "max.request.size", 2 * MEGABYTE),
            new StringSerializer(),
            new ByteArraySerializer());
    consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", servers, "isolation.level", "read_committed"),
            new StringDeserializer(),
            new ByteArrayDeserializer());
    var partitions =
        Stream.of(Topics.LIFECYCLE, Topics.deadLetters(Stage.TRAINER), deployers())
            .flatMap(topic -> consumer.partitionsFor(topic.name()).stream())
            .map(p -> new TopicPartition(p.topic(), p.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    Path definition = directory.resolve("example.yaml");
    Files.copy(Path.of("../docs/example.yaml"), definition);
    var apply = Cli.run("apply", "--data-dir", directory.toString(), definition.toString());
    assertThat(apply.exit()).as(apply.all()).isZero();
  }

  private static Topic<DeadLetter> deployers() {
    return Topics.deadLetters(Stage.DEPLOYER);
  }

  @AfterAll
  static void stop() {
    if (anneal != null) {
      consumer.close();
      producer.close();
      anneal.close();
    }
  }

  /// A topic that clients write, with a valid event of it and how an event of an id is answered.
  record ClientTopic(Topic<?> topic, SpecificRecord valid, String idField) {
    @Override
    public String toString() {
      return topic.name();
    }
  }

  static Stream<ClientTopic> clientTopics() {
    var now = Instant.now();
    return Stream.of(
        new ClientTopic(
            Topics.TRAIN_REQUESTS,
            TrainRequest.newBuilder()
                .setRequestId("valid")
                .setOrganization("example")
                .setModel("pump-failure")
                .setCause(Cause.MANUAL)
                .setRequestedAt(now)
                .build(),
            "requestId"),
        new ClientTopic(
            Topics.TRAIN_CANCELS,
            TrainCancel.newBuilder()
                .setCancelId("valid")
                .setOrganization("example")
                // a blank request id cancels all of a model, and then nothing names the cancel
                .setModel("never-trained")
                .setRequestId("no-such-request")
                .setRequestedAt(now)
                .build(),
            "cancelId"),
        new ClientTopic(
            Topics.DEPLOY_COMMANDS,
            DeployCommand.newBuilder()
                .setCommandId("valid")
                .setOrganization("example")
                .setModel("pump-failure")
                .setAction(DeployAction.ROLLBACK)
                .setRequestedAt(now)
                .build(),
            "commandId"));
  }

  @Test
  void theTopicsThatClientsWriteAreTheseAndNoOthers() {
    assertThat(clientTopics().map(t -> t.topic().name()))
        .containsExactlyInAnyOrderElementsOf(
            Topics.fixed().stream().filter(Topic::isOfClients).map(Topic::name).toList());
  }

  @ParameterizedTest
  @MethodSource("clientTopics")
  void noFieldOfAnEventStopsItsPartition(ClientTopic client) throws Exception {
    // When
    var idsByOffset = new HashMap<Long, String>();
    var unusableIds = new HashSet<Long>();
    for (var field : client.valid().getSchema().getFields()) {
      for (Object value : poison(field.schema())) {
        var event = with(client, field.name(), value);
        long offset = send(client, event);
        idsByOffset.put(offset, event.get(client.idField()).toString());
        // half of a surrogate pair is read as the replacement character, which an id may have
        if (field.name().equals(client.idField()) && !(value instanceof Utf8)) {
          unusableIds.add(offset);
        }
      }
    }
    idsByOffset.put(sendValue(client, new byte[MEGABYTE]), "");
    idsByOffset.put(sendValue(client, null), "");
    assertThat(idsByOffset).hasSizeGreaterThan(20);
    EVENTS.clear(); // ids that are poison are the same on each topic

    // Then
    assertAnswered(client);
    assertLetters(
        client,
        letters -> {
          var offsets = letters.stream().map(DeadLetter::getOffset).collect(Collectors.toSet());
          var answered = Set.copyOf(answered());
          assertThat(idsByOffset)
              .as("offset and id of each has an event or a dead letter")
              .allSatisfy(
                  (offset, id) ->
                      assertThat(offsets.contains(offset) || answered.contains(id)).isTrue());
        });
    assertLetters(
        client,
        letters ->
            assertThat(letters)
                .extracting(DeadLetter::getCode)
                .contains("malformed-avro", "no-value")
                .containsAnyOf("invalid-request", "invalid-command")
                .as("everything that is wrong has its own code")
                .doesNotContain("processing-failed"));
    assertThat(unusableIds).hasSize(5); // NUL, newline, 1 MB, empty and blank
    assertLetters(
        client,
        letters ->
            assertThat(
                    letters.stream()
                        .filter(l -> l.getCode().matches("invalid-request|invalid-command"))
                        .filter(l -> l.getReason().startsWith(client.idField() + " "))
                        .map(DeadLetter::getOffset))
                .as("no event names such an id")
                .containsAll(unusableIds));
  }

  /// The schema is the client's, too: fields that we do not know are skipped by what it says.
  @ParameterizedTest
  @MethodSource("clientTopics")
  void noSchemaOfAClientStopsItsPartition(ClientTopic client) throws Exception {
    // Given as many items as a long has, of no bytes; and a record as deep as the value is long
    String items = "{'type': 'array', 'items': 'null'}";
    byte[] most = {-2, -1, -1, -1, -1, -1, -1, -1, -1, 1};
    String list =
        "{'type': 'record', 'name': 'L', 'fields': [{'name': 'n', 'type': ['null', 'L']}]}";
    var deep = new byte[MEGABYTE / 2];
    Arrays.fill(deep, (byte) 2);

    // When
    sendWithExtra(client, items, most);
    sendWithExtra(client, list, deep);
    var record =
        new ProducerRecord<String, byte[]>(client.topic().name(), KEY, new byte[] {0, 0, 0, 0, 1});
    record.headers().add("__value_schema_id", null);
    producer.send(record).get();

    // Then
    assertAnswered(client);
    assertLetters(
        client,
        letters ->
            assertThat(letters)
                .extracting(DeadLetter::getReason)
                .anyMatch(r -> r.contains("an array whose items take no bytes"))
                .anyMatch(r -> r.contains("within itself"))
                .anyMatch(r -> r.contains("__value_schema_id has no value")));
  }

  private static void sendWithExtra(ClientTopic client, String type, byte[] extra)
      throws Exception {
    String ours = client.valid().getSchema().toString();
    int end = ours.lastIndexOf(']');
    String field = ",{'name':'extra','type':%s}]".formatted(type).replace('\'', '"');
    var schema =
        new Schema.Parser().parse(ours.substring(0, end) + field + ours.substring(end + 1));
    int id = registry.register("attacker-" + UUID.randomUUID(), schema);
    send(client, id, with(client, client.idField(), "extra"), extra);
  }

  @Test
  void requestsOfModelsThatNobodyDefinedHoldUpNobody() throws Exception {
    var client = clientTopics().findFirst().orElseThrow();
    for (int i = 0; i < 300; i++) {
      var request = with(client, "model", "unknown-" + i);
      request.put("requestId", "unknown-" + i);
      send(client, request);
    }

    assertAnswered(client);
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () ->
                assertThat(answered())
                    .containsAll(IntStream.range(0, 300).mapToObj(i -> "unknown-" + i).toList()));
  }

  @Test
  void theSameIdInTwoOrganizationsIsTwoRequests() throws Exception {
    var client = clientTopics().findFirst().orElseThrow();
    var one = with(client, "requestId", "twice");
    var other = with(client, "organization", "somebody-else");
    other.put("requestId", "twice");
    send(client, one);
    send(client, other);

    await()
        .atMost(LIMIT)
        .untilAsserted(
            () -> {
              read();
              assertThat(
                      EVENTS.stream()
                          .filter(e -> "twice".equals(e.getRequestId()))
                          .map(LifecycleEvent::getOrganization))
                  .contains("example", "somebody-else");
            });
  }

  @ParameterizedTest
  @MethodSource("routes")
  void aReasonWithNulIsABadRequest(String route) throws Exception {
    var answer =
        post(
            "/api/training/" + route,
            "{\"organization\": \"example\", \"model\": \"pump-failure\", \"reason\": \"x\\u0000y\"}");

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(answer.body()).contains("\"path\":\"reason\"", "must not contain NUL");
  }

  static Stream<String> routes() {
    return Stream.of("train", "cancel", "rollback");
  }

  @ParameterizedTest
  @MethodSource("routes")
  void noFieldOfACallStopsAnybody(String route) throws Exception {
    for (String field :
        List.of(
            "organization",
            "model",
            "reason",
            "requestedBy",
            "requestId",
            "toVersion",
            "dataFrom",
            "dataTo",
            "overrides",
            "unknownField")) {
      for (String value : poisonJson()) {
        var fields =
            new HashMap<>(Map.of("organization", "\"example\"", "model", "\"pump-failure\""));
        fields.put(field, value);
        String body =
            fields.entrySet().stream()
                .map(e -> "\"%s\": %s".formatted(e.getKey(), e.getValue()))
                .collect(Collectors.joining(", ", "{", "}"));
        var response = post("/api/training/" + route, body);
        assertThat(response.statusCode())
            .as("%s = %.60s: %s", field, value, response.body())
            .isLessThan(500);
      }
    }
    var probe =
        post(
            "/api/training/" + route,
            "{\"organization\": \"example\", \"model\": \"pump-failure\"}");
    assertThat(probe.statusCode()).as(probe.body()).isEqualTo(202);
    assertAnswered(clientTopics().findFirst().orElseThrow());
  }

  @Test
  void noFieldOfADefinitionStopsAnybody() throws Exception {
    var json = new ObjectMapper();
    String example = Files.readString(Path.of("../docs/example.yaml"));
    Map<?, ?> written =
        new Yaml()
            .load(
                example
                    .replace("organization: example", "organization: poisoned")
                    .replace("EXAMPLE__PASSWORD", "POISONED__PASSWORD"));
    ObjectNode valid = json.valueToTree(written);
    for (String field : pointers(valid, "").toList()) {
      for (String value : poisonJson()) {
        int at = field.lastIndexOf('/');
        ObjectNode document = valid.deepCopy();
        String name = field.substring(at + 1);
        JsonNode parent = document.at(field.substring(0, at));
        if (parent instanceof ObjectNode object) {
          object.putRawValue(name, new RawValue(value));
        } else {
          ((ArrayNode) parent).setRawValue(Integer.parseInt(name), new RawValue(value));
        }
        var response = call("PUT", "/api/organizations/poisoned", document.toString());
        assertThat(response.statusCode())
            .as("%s = %.60s: %s", field, value, response.body())
            .isLessThan(500);
      }
    }
    var sound = call("PUT", "/api/organizations/poisoned", valid.toString());
    assertThat(sound.statusCode()).as(sound.body()).isIn(200, 201);
    assertThat(call("DELETE", "/api/organizations/poisoned", "").statusCode()).isEqualTo(204);
    assertAnswered(clientTopics().findFirst().orElseThrow());
  }

  /// JSON pointers of all fields and elements, also of those that have some themselves.
  private static Stream<String> pointers(JsonNode node, String here) {
    var names =
        node.isArray()
            ? IntStream.range(0, node.size()).mapToObj(Integer::toString)
            : node.propertyStream().map(Map.Entry::getKey);
    return names
        .map(name -> here + "/" + name)
        .flatMap(
            child ->
                Stream.concat(
                    Stream.of(child), pointers(node.at(child.substring(here.length())), child)));
  }

  private static List<String> poisonJson() {
    return List.of(
        "\"x\\u0000y\"",
        "\"x\\ny\"",
        "\"" + "x".repeat(MEGABYTE) + "\"",
        "\"x\\ud800y\"",
        "\"-999999999-01-01T00:00:00Z\"",
        "\"+999999999-12-31T23:59:59Z\"",
        "\"" + Instant.now().plus(Duration.ofDays(1)) + "\"",
        "\"2926-01-01T00:00:00Z\"",
        Long.toString(Long.MIN_VALUE),
        Long.toString(Long.MAX_VALUE),
        "1e999",
        IntStream.range(0, MANY)
            .mapToObj(i -> "\"k%d\": 1".formatted(i))
            .collect(Collectors.joining(",", "{", "}")),
        "[".repeat(1_000) + "]".repeat(1_000));
  }

  /// Values that fit the schema and nothing else.
  private static List<Object> poison(Schema schema) {
    return switch (schema.getType()) {
      case UNION -> schema.getTypes().stream().flatMap(branch -> poison(branch).stream()).toList();
      case STRING ->
          List.of("x\0y", "x\ny", "x".repeat(MEGABYTE), new Utf8(LONE_SURROGATE), "", " ");
      case LONG -> {
        long now = Instant.now().toEpochMilli();
        yield List.of(
            Long.MIN_VALUE,
            Long.MAX_VALUE,
            -1L,
            0L,
            now, // milliseconds
            (now + Duration.ofDays(1).toMillis()) * 1_000,
            (now + Duration.ofDays(900 * 365L).toMillis()) * 1_000);
      }
      case MAP ->
          List.of(
              IntStream.range(0, MANY)
                  .boxed()
                  .collect(Collectors.toMap(i -> "k" + i, i -> "v" + i)),
              Map.of("x\0y", "1"),
              Map.of("numLeaves", "x\0y"));
      case ENUM, NULL -> List.of();
      default -> throw new IllegalStateException("no poison for " + schema);
    };
  }

  /// The valid event under an id of its own with one field replaced.
  private static GenericRecord with(ClientTopic client, String field, Object value) {
    var schema = client.valid().getSchema();
    var event = new GenericData.Record(schema);
    for (var f : schema.getFields()) {
      Object valid = client.valid().get(f.pos());
      event.put(f.pos(), valid instanceof Instant at ? at.toEpochMilli() * 1_000 : plain(valid));
    }
    event.put(client.idField(), "poison-" + UUID.randomUUID());
    event.put(field, value);
    return event;
  }

  private static Object plain(Object valid) {
    return valid instanceof Enum<?> symbol
        ? new GenericData.EnumSymbol(SpecificData.get().getSchema(symbol.getClass()), symbol)
        : valid;
  }

  /// @return its offset
  private static long send(ClientTopic client, GenericRecord event) throws Exception {
    int id = registry.register(client.topic().subject(), event.getSchema());
    return send(client, id, event, new byte[0]);
  }

  /// @param rest behind the event
  private static long send(ClientTopic client, int schemaId, GenericRecord event, byte[] rest)
      throws Exception {
    var out = new ByteArrayOutputStream();
    var header = new byte[WireFormat.HEADER_BYTES];
    WireFormat.putHeader(header, schemaId);
    out.write(header);
    var encoder = EncoderFactory.get().binaryEncoder(out, null);
    new GenericDatumWriter<GenericRecord>(event.getSchema()).write(event, encoder);
    encoder.flush();
    out.write(rest);
    return sendValue(client, out.toByteArray());
  }

  private static long sendValue(ClientTopic client, byte @Nullable [] value) throws Exception {
    return producer.send(new ProducerRecord<>(client.topic().name(), KEY, value)).get().offset();
  }

  /// A valid event behind all that was sent is answered by an event that names it, and control,
  /// which reads all events, shows the answer.
  private static void assertAnswered(ClientTopic client) throws Exception {
    String id = "probe-" + UUID.randomUUID();
    send(client, with(client, client.idField(), id));
    await().atMost(LIMIT).untilAsserted(() -> assertThat(answered()).contains(id));
    String answer =
        EVENTS.stream()
            .filter(e -> id.equals(e.getCausedBy()))
            .map(LifecycleEvent::getEventId)
            .findFirst()
            .orElseThrow();
    await().atMost(LIMIT).untilAsserted(() -> assertThat(shownByControl()).contains(answer));
  }

  /// Ids of the events that control has read.
  private static Set<String> shownByControl() throws Exception {
    var ids = new HashSet<String>();
    long after = 0;
    while (true) {
      var response = call("GET", "/api/events?limit=1000&after=" + after, "");
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      var page = new ObjectMapper().readTree(response.body());
      if (page.path("events").isEmpty()) {
        return ids;
      }
      page.path("events").forEach(event -> ids.add(event.path("eventId").asText()));
      after = page.path("next").asLong();
    }
  }

  /// Dead letters are in another topic than the answers, so they may come later.
  private static void assertLetters(ClientTopic client, Consumer<List<DeadLetter>> expectation) {
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () -> {
              read();
              expectation.accept(
                  LETTERS.stream()
                      .filter(l -> client.topic().name().equals(l.getTopic()))
                      .toList());
            });
  }

  /// Ids of requests and commands that some event names.
  private static List<String> answered() {
    read();
    return EVENTS.stream().map(LifecycleEvent::getCausedBy).toList();
  }

  private static void read() {
    var events = new AvroSerde<>(LifecycleEvent.class, registry).deserializer();
    var letters = new AvroSerde<>(DeadLetter.class, registry).deserializer();
    for (var record : consumer.poll(Duration.ofMillis(200))) {
      if (record.topic().equals(Topics.LIFECYCLE.name())) {
        EVENTS.add(events.deserialize(record.topic(), record.value()));
      } else {
        LETTERS.add(letters.deserialize(record.topic(), record.value()));
      }
    }
  }

  private static HttpResponse<String> post(String path, String body) throws Exception {
    return call("POST", path, body);
  }

  private static HttpResponse<String> call(String method, String path, String body)
      throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(anneal.endpoints().control() + path))
            .header("Content-Type", "application/json")
            .timeout(LIMIT)
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build();
    // 503 is a busy machine's answer: the caller comes again
    return await()
        .pollDelay(Duration.ZERO)
        .atMost(LIMIT)
        .until(
            () -> HTTP.send(request, HttpResponse.BodyHandlers.ofString()),
            response -> response.statusCode() != 503);
  }
}
