package dev.anneal.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.events.Cause;
import dev.anneal.events.ScheduleTick;
import dev.anneal.events.TrainRequest;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.apache.avro.Schema;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AvroSerdeTest {
  private final InMemoryRegistry registry = new InMemoryRegistry();
  private final AvroSerde<TrainRequest> serde = new AvroSerde<>(TrainRequest.class, registry);
  private final TrainRequest request =
      TrainRequest.newBuilder()
          .setRequestId("r-1")
          .setOrganization("acme")
          .setModel("pump-failure")
          .setCause(Cause.MANUAL)
          .setRequestedAt(Instant.parse("2024-01-15T10:30:00.123456Z"))
          .build();

  private byte[] bytes() {
    return serde.serializer().serialize("anneal.train.requests", request);
  }

  @Test
  void readsBackWhatItWrote() {
    assertThat(serde.deserializer().deserialize("any", bytes())).isEqualTo(request);
  }

  @Test
  void passesTombstones() {
    assertThat(serde.deserializer().deserialize("any", (byte[]) null)).isNull();
    assertThat(serde.serializer().serialize("any", null)).isNull();
  }

  @Test
  void saysWhatIsWrongWithBytesThatAreNotAnEvent() {
    byte[] truncated = Arrays.copyOf(bytes(), bytes().length / 2);
    byte[] longer = Arrays.copyOf(bytes(), bytes().length + 1);

    assertThatThrownBy(() -> serde.deserializer().deserialize("any", new byte[] {'{', '}'}))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("magic byte");
    assertThatThrownBy(() -> serde.deserializer().deserialize("any", truncated))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("does not decode as dev.anneal.events.TrainRequest");
    assertThatThrownBy(() -> serde.deserializer().deserialize("any", longer))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("left over");
  }

  @Test
  void aLengthBeyondAllReasonIsAnErrorAndNotMemory() {
    // Given a string that claims to have 1.5 billion bytes
    byte[] bomb = {
      0,
      0,
      0,
      0,
      bytes()[4],
      (byte) 0x80,
      (byte) 0xbc,
      (byte) 0xc1,
      (byte) 0x96,
      0x0b,
      'x',
      'x',
      'x'
    };

    assertThatThrownBy(() -> serde.deserializer().deserialize("any", bomb))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("does not decode");
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4})
  void damagedBytesAreAnEventOrAnErrorAndNothingElse(long seed) {
    var random = new SplittableRandom(seed);
    byte[] whole = bytes();
    int errors = 0;
    for (int i = 0; i < 5_000; i++) {
      byte[] damaged = Arrays.copyOf(whole, whole.length);
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        damaged[5 + random.nextInt(damaged.length - 5)] = (byte) random.nextInt();
      }
      try {
        assertThat(serde.deserializer().deserialize("any", damaged))
            .isInstanceOf(TrainRequest.class);
      } catch (SerializationException expected) {
        errors++;
      }
    }
    assertThat(errors).isPositive();
  }

  @Test
  void refusesAnotherEventsSchema() {
    byte[] tick =
        new AvroSerde<>(ScheduleTick.class, registry)
            .serializer()
            .serialize(
                "t", new ScheduleTick("t", "acme", "m", Instant.EPOCH, "* * * * *", "UTC", false));

    assertThatThrownBy(() -> serde.deserializer().deserialize("any", tick))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("expected dev.anneal.events.TrainRequest");
  }

  /// Fields that we do not know are skipped, which Avro does without any limit.
  @ParameterizedTest
  @ValueSource(
      strings = {
        // 2^63 - 1 items that take no bytes
        "{'type': 'array', 'items': 'null'}",
        "{'type': 'array', 'items': {'type': 'record', 'name': 'Empty', 'fields': []}}",
        "{'type': 'map', 'values': {'type': 'array', 'items': {'type': 'fixed', 'name': 'None', 'size': 0}}}",
        // as deep as there are bytes
        "{'type': 'record', 'name': 'L', 'fields': [{'name': 'n', 'type': ['null', 'L']}]}",
        "{'type': 'record', 'name': 'L', 'fields': [{'name': 'n', 'type': {'type': 'array', 'items': 'L'}}]}",
        // 2^n fields of nothing
        "{'type': 'record', 'name': 'B', 'fields': [{'name': 'a', 'type': {'type': 'record', 'name': 'A', 'fields': []}}, {'name': 'b', 'type': 'A'}]}"
      })
  void refusesSchemasWhoseUnknownFieldsTakeForEver(String type) {
    var schema = withField("extra", type);
    int id = registry.register("attackers", schema);
    byte[] value = new byte[1_000];
    WireFormat.putHeader(value, id);

    assertThatThrownBy(() -> serde.deserializer().deserialize("any", value))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("the writer's schema has ");
  }

  @Test
  void refusesDeepSchemas() {
    var type = new StringBuilder("'string'");
    for (int i = 0; i < 100; i++) {
      type.insert(
          0, "{'type': 'record', 'name': 'R%d', 'fields': [{'name': 'f', 'type': ".formatted(i));
      type.append("}]}");
    }
    byte[] value = new byte[1_000];
    WireFormat.putHeader(value, registry.register("deep", withField("extra", type.toString())));

    assertThatThrownBy(() -> serde.deserializer().deserialize("any", value))
        .hasMessageContaining("more than 64 deep");
  }

  @Test
  void readsWhatALaterVersionWroteWithFieldsWeDoNotKnow() throws Exception {
    var schema =
        withField(
            "extra",
            "{'type': 'array', 'items': {'type': 'record', 'name': 'Note', 'fields': [{'name': 'text', 'type': 'string'}]}}");
    int id = registry.register("later", schema);
    byte[] known = bytes();
    byte[] value = Arrays.copyOf(known, known.length + 1); // an array of none
    WireFormat.putHeader(value, id);

    assertThat(serde.deserializer().deserialize("any", value)).isEqualTo(request);
  }

  private static Schema withField(String name, String type) {
    String ours = TrainRequest.getClassSchema().toString();
    String field = ",{'name':'%s','type':%s}]".formatted(name, type).replace('\'', '"');
    int end = ours.lastIndexOf(']');
    return new Schema.Parser().parse(ours.substring(0, end) + field + ours.substring(end + 1));
  }

  /// What Confluent's serializers write with `HeaderSchemaIdSerializer`.
  @Test
  void readsTheSchemaFromTheHeaderOfNewerClients() {
    byte[] value = Arrays.copyOfRange(bytes(), WireFormat.HEADER_BYTES, bytes().length);
    var guid = InMemoryRegistry.guid(TrainRequest.getClassSchema());
    byte[] byGuid =
        ByteBuffer.allocate(17)
            .put((byte) 1)
            .putLong(guid.getMostSignificantBits())
            .putLong(guid.getLeastSignificantBits())
            .array();
    byte[] byId = Arrays.copyOf(bytes(), WireFormat.HEADER_BYTES);

    assertThat(read(byGuid, value)).isEqualTo(request);
    assertThat(read(byId, value)).isEqualTo(request);
  }

  @Test
  void saysWhatIsWrongWithAHeaderThatLeadsToNoSchema() {
    byte[] value = Arrays.copyOfRange(bytes(), WireFormat.HEADER_BYTES, bytes().length);
    byte[] unknown = ByteBuffer.allocate(17).put((byte) 1).putLong(1).putLong(2).array();

    assertThatThrownBy(() -> read(unknown, value))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("the registry does not know schema guid")
        .hasMessageContaining("PrefixSchemaIdSerializer");
    assertThatThrownBy(() -> read(null, value))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("__value_schema_id has no value");
    assertThatThrownBy(() -> read(new byte[] {7, 7}, value))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("__value_schema_id");
  }

  private TrainRequest read(byte @Nullable [] header, byte[] value) {
    var headers = new RecordHeaders().add(WireFormat.ID_HEADER, header);
    return serde.deserializer().deserialize("any", headers, value);
  }
}
