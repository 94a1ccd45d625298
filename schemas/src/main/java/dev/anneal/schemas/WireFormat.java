package dev.anneal.schemas;

import java.nio.ByteBuffer;
import org.apache.kafka.common.errors.SerializationException;

/// Confluent's wire format: magic byte 0, four bytes of schema id (big endian), then the Avro
/// binary.
public final class WireFormat {
  public static final int HEADER_BYTES = 5;

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
}
