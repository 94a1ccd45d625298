package dev.anneal.schemas;

import dev.anneal.schemas.WireFormat.SchemaName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.UUID;
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
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
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

  private static final Headers NO_HEADERS = new RecordHeaders();

  private final SchemaRegistry registry;
  private final Schema schema;
  private final SpecificData data;
  private final ConcurrentMap<SchemaName, SpecificDatumReader<T>> readers =
      new ConcurrentHashMap<>();

  public AvroSerde(Class<T> type, SchemaRegistry registry) {
    this.registry = registry;
    this.data = SpecificData.getForClass(type);
    this.schema = data.getSchema(type);
  }

  @Override
  public Serializer<T> serializer() {
    return this::serialize;
  }

  /// Reads the schema's id from the record's headers too, where its caller passes them.
  @Override
  public Deserializer<T> deserializer() {
    return new Deserializer<>() {
      @Override
      public T deserialize(String topic, byte @Nullable [] bytes) {
        return AvroSerde.this.deserialize(NO_HEADERS, bytes);
      }

      @Override
      public T deserialize(String topic, Headers headers, byte @Nullable [] bytes) {
        return AvroSerde.this.deserialize(headers, bytes);
      }
    };
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
  private T deserialize(Headers headers, byte @Nullable [] bytes) {
    if (bytes == null) {
      return null;
    }
    var located = WireFormat.locate(headers, bytes);
    try {
      var reader = readers.computeIfAbsent(located.name(), this::reader);
      BinaryDecoder decoder =
          DecoderFactory.get()
              .binaryDecoder(bytes, located.offset(), bytes.length - located.offset(), null);
      T value = reader.read(null, decoder);
      if (!decoder.isEnd()) {
        throw new SerializationException("bytes left over after a " + schema.getFullName());
      }
      return value;
    } catch (SchemaRegistryException e) {
      throw e.isTransient() ? e.retriable() : e;
    } catch (SerializationException e) {
      throw e;
    } catch (IOException | RuntimeException | StackOverflowError e) { // damaged in many ways
      throw new SerializationException(
          "%s does not decode as %s: %s"
              .formatted(located.name(), schema.getFullName(), e.getMessage()),
          e);
    }
  }

  private SpecificDatumReader<T> reader(SchemaName name) {
    Schema writer = writer(name);
    if (!writer.getFullName().equals(schema.getFullName())) {
      throw new SerializationException(
          "%s is %s, expected %s".formatted(name, writer.getFullName(), schema.getFullName()));
    }
    WriterSchemas.check(writer);
    return new SpecificDatumReader<>(writer, schema, data);
  }

  private Schema writer(SchemaName name) {
    return switch (name) {
      case SchemaName.Id(int id) -> registry.byId(id);
      case SchemaName.Guid(UUID guid) -> byGuid(name, guid);
    };
  }

  /// Registries other than Confluent's may not know such ids.
  private Schema byGuid(SchemaName name, UUID guid) {
    try {
      return registry.byGuid(guid);
    } catch (SchemaRegistryException e) {
      if (e.isTransient()) {
        throw e;
      }
      throw new SerializationException(
          "the registry does not know %s; have the client write the id into the value (PrefixSchemaIdSerializer)"
              .formatted(name),
          e);
    }
  }
}
