package dev.anneal.schemas;

import java.nio.ByteBuffer;
import java.util.UUID;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/// Confluent's wire format: magic byte 0, four bytes of schema id (big endian), then the Avro
/// binary. Confluent's newest clients can put the id into the header [#ID_HEADER] instead, as magic
/// byte 0 and the id, or as magic byte 1 and the schema's 16-byte globally unique id; the value is
/// then the Avro binary alone.
public final class WireFormat {
  public static final int HEADER_BYTES = 5;
  static final String ID_HEADER = "__value_schema_id";
  private static final int GUID_BYTES = 17;

  /// Where a value's schema is named.
  ///
  /// @param offset of the Avro binary in the value
  record Located(SchemaName name, int offset) {}

  /// How a schema is named.
  sealed interface SchemaName {
    record Id(int id) implements SchemaName {
      @Override
      public String toString() {
        return "schema id " + id;
      }
    }

    record Guid(UUID guid) implements SchemaName {
      @Override
      public String toString() {
        return "schema guid %s (header %s)".formatted(guid, ID_HEADER);
      }
    }
  }

  private WireFormat() {}

  /// Writes the header into the first [#HEADER_BYTES] bytes.
  public static void putHeader(byte[] target, int schemaId) {
    target[0] = 0;
    ByteBuffer.wrap(target).putInt(1, schemaId);
  }

  /// @throws SerializationException when the bytes are too few or the magic byte is not 0
  public static int schemaId(byte[] bytes) {
    if (bytes.length < HEADER_BYTES || bytes[0] != 0) {
      throw new SerializationException(
          "not Confluent wire format: expected magic byte 0 and a schema id, found %s"
              .formatted(
                  bytes.length == 0
                      ? "no bytes"
                      : "%d bytes starting 0x%02x".formatted(bytes.length, bytes[0])));
    }
    return ByteBuffer.wrap(bytes).getInt(1);
  }

  /// By the record's header where it has one, else by the value's first bytes.
  ///
  /// @throws SerializationException when neither names a schema
  static Located locate(Headers headers, byte[] value) {
    var header = headers.lastHeader(ID_HEADER);
    return header == null
        ? new Located(new SchemaName.Id(schemaId(value)), HEADER_BYTES)
        : new Located(name(header.value()), 0);
  }

  private static SchemaName name(byte @Nullable [] header) {
    if (header == null) {
      throw new SerializationException("header %s has no value".formatted(ID_HEADER));
    }
    if (header.length == HEADER_BYTES && header[0] == 0) {
      return new SchemaName.Id(schemaId(header));
    }
    if (header.length == GUID_BYTES && header[0] == 1) {
      var guid = ByteBuffer.wrap(header, 1, GUID_BYTES - 1);
      return new SchemaName.Guid(new UUID(guid.getLong(), guid.getLong()));
    }
    throw new SerializationException(
        "header %s holds no schema id: expected magic byte 0 and 4 bytes, or 1 and 16, found %d bytes"
            .formatted(ID_HEADER, header.length));
  }
}
