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
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.internals.RecordHeaders;
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
    assertThatThrownBy(() -> read(new byte[] {7, 7}, value))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("__value_schema_id");
  }

  private TrainRequest read(byte[] header, byte[] value) {
    var headers = new RecordHeaders().add(WireFormat.ID_HEADER, header);
    return serde.deserializer().deserialize("any", headers, value);
  }
}
