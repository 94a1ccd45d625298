package dev.anneal.standalone;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/// Avro events as plain maps and lists for JSON. A union branch in the field `event` brings its
/// name as `type`; times are ISO 8601, bytes base64.
final class EventJson {
  private EventJson() {}

  /// @param hidden names of fields to leave out
  static Map<String, @Nullable Object> of(SpecificRecord event, Set<String> hidden) {
    var json = new LinkedHashMap<String, @Nullable Object>();
    for (var field : event.getSchema().getFields()) {
      Object value = event.get(field.pos());
      if (field.name().equals("event") && value instanceof SpecificRecord branch) {
        json.put("type", branch.getSchema().getName());
      }
      if (!hidden.contains(field.name())) {
        json.put(field.name(), plain(value, hidden));
      }
    }
    return json;
  }

  private static @Nullable Object plain(@Nullable Object value, Set<String> hidden) {
    return switch (value) {
      case null -> null;
      case SpecificRecord inner -> of(inner, hidden);
      case List<?> list -> list.stream().map(e -> plain(e, hidden)).toList();
      case Instant time -> time.toString();
      case Enum<?> symbol -> symbol.name();
      case ByteBuffer bytes -> Base64.getEncoder().encodeToString(bytes.duplicate().array());
      case Map<?, ?> map -> map;
      case Number number -> number;
      case Boolean bool -> bool;
      default -> value.toString();
    };
  }
}
