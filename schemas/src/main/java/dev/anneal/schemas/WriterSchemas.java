package dev.anneal.schemas;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.kafka.common.errors.SerializationException;

/// What a client's schema may be. Avro skips fields that we do not know without any limit, so a few
/// bytes could keep it busy forever (an array of items that take no bytes) or let it run out of
/// stack (records that contain themselves).
final class WriterSchemas {
  /// Ours are three deep.
  private static final int DEEPEST = 64;

  private final Map<String, Long> sizes = new HashMap<>();
  private final Deque<String> within = new ArrayDeque<>();

  private WriterSchemas() {}

  /// @throws SerializationException naming the type that is not safe to read
  static void check(Schema schema) {
    new WriterSchemas().leastBytes(schema);
  }

  /// Fewest bytes of a value; records share theirs, so that a schema of many paths is walked once.
  private long leastBytes(Schema schema) {
    return switch (schema.getType()) {
      case NULL -> 0;
      case FIXED -> schema.getFixedSize();
      case FLOAT -> Float.BYTES;
      case DOUBLE -> Double.BYTES;
      case RECORD -> leastBytesOfRecord(schema);
      case ARRAY -> {
        if (leastBytes(schema.getElementType()) == 0) {
          throw refused("an array whose items take no bytes");
        }
        yield 1;
      }
      case MAP -> {
        leastBytes(schema.getValueType());
        yield 1;
      }
      case UNION -> {
        schema.getTypes().forEach(this::leastBytes);
        yield 1;
      }
      default -> 1;
    };
  }

  private long leastBytesOfRecord(Schema schema) {
    String name = schema.getFullName();
    Long known = sizes.get(name);
    if (known != null) {
      return known;
    }
    if (within.contains(name)) {
      throw refused("record %s within itself".formatted(name));
    }
    if (within.size() == DEEPEST) {
      throw refused("records more than %d deep".formatted(DEEPEST));
    }
    within.push(name);
    long bytes = 0;
    for (var field : schema.getFields()) {
      bytes = Math.min(bytes + leastBytes(field.schema()), Integer.MAX_VALUE);
    }
    within.pop();
    if (bytes == 0 && !within.isEmpty()) {
      throw refused("record %s, which takes no bytes".formatted(name));
    }
    sizes.put(name, bytes);
    return bytes;
  }

  private static SerializationException refused(String what) {
    return new SerializationException("the writer's schema has " + what);
  }
}
