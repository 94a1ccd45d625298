package dev.anneal.schemas;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/// Generated events in Confluent's wire format under TopicNameStrategy. Reading resolves the
/// writer's schema against ours. Bytes that do not decode, or that leave a rest, are a
/// [SerializationException]; a registry that is away is a
/// [org.apache.kafka.common.errors.RetriableException]. Safe for use by many threads.
public final class AvroSerde<T extends SpecificRecord> implements Serde<T> {
  static {
    AvroLimits.set();
  }

  private final SchemaRegistry registry;
  private final Schema schema;
  private final SpecificData data;
  private final ConcurrentMap<Integer, SpecificDatumReader<T>> readers = new ConcurrentHashMap<>();

  public AvroSerde(Class<T> type, SchemaRegistry registry) {
    this.registry = registry;
    this.data = SpecificData.getForClass(type);
    this.schema = data.getSchema(type);
  }

  @Override
  public Serializer<T> serializer() {
    return this::serialize;
  }

  @Override
  public Deserializer<T> deserializer() {
    // a tombstone is null by Kafka's contract
    return (_, bytes) -> deserialize(bytes);
  }

  @SuppressWarnings("NullAway") // Kafka's serializers map null to null: a tombstone
  private byte[] serialize(String topic, @Nullable T value) {
    if (value == null) {
      return null;
    }
    try {
      int id = registry.register(topic + "-value", schema);
      var out = new ByteArrayOutputStream(256);
      var header = new byte[WireFormat.HEADER_BYTES];
      WireFormat.putHeader(header, id);
      out.write(header);
      BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
      new SpecificDatumWriter<T>(schema, data).write(value, encoder);
      encoder.flush();
      return out.toByteArray();
    } catch (SchemaRegistryException e) {
      throw e.isTransient() ? e.retriable() : e;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @SuppressWarnings("NullAway") // as above
  private T deserialize(byte @Nullable [] bytes) {
    if (bytes == null) {
      return null;
    }
    int id = WireFormat.schemaId(bytes);
    try {
      var reader = readers.computeIfAbsent(id, this::reader);
      BinaryDecoder decoder =
          DecoderFactory.get()
              .binaryDecoder(
                  bytes, WireFormat.HEADER_BYTES, bytes.length - WireFormat.HEADER_BYTES, null);
      T value = reader.read(null, decoder);
      if (!decoder.isEnd()) {
        throw new SerializationException("bytes left over after a " + schema.getFullName());
      }
      return value;
    } catch (SchemaRegistryException e) {
      throw e.isTransient() ? e.retriable() : e;
    } catch (SerializationException e) {
      throw e;
    } catch (IOException | RuntimeException e) { // damaged bytes fail in many ways
      throw new SerializationException(
          "schema id %d does not decode as %s: %s"
              .formatted(id, schema.getFullName(), e.getMessage()),
          e);
    }
  }

  private SpecificDatumReader<T> reader(int id) {
    Schema writer = registry.byId(id);
    if (!writer.getFullName().equals(schema.getFullName())) {
      throw new SerializationException(
          "schema id %d is %s, expected %s"
              .formatted(id, writer.getFullName(), schema.getFullName()));
    }
    return new SpecificDatumReader<>(writer, schema, data);
  }
}
