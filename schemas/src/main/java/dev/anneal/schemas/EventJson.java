package dev.anneal.schemas;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;

/// Avro events as plain maps and lists for JSON. A field without a value is left out; a union
/// branch in the field `event` brings its name as `type`; times are ISO 8601, bytes base64.
public final class EventJson {
  private EventJson() {}

  /// @param hidden names of fields to leave out
  public static Map<String, Object> of(SpecificRecord event, Set<String> hidden) {
    var json = new LinkedHashMap<String, Object>();
    for (var field : event.getSchema().getFields()) {
      Object value = event.get(field.pos());
      if (field.name().equals("event") && value instanceof SpecificRecord branch) {
        json.put("type", branch.getSchema().getName());
      }
      if (value != null && !hidden.contains(field.name())) {
        json.put(field.name(), plain(value, hidden));
      }
    }
    return json;
  }

  private static Object plain(Object value, Set<String> hidden) {
    return switch (value) {
      case SpecificRecord inner -> of(inner, hidden);
      case List<?> list -> list.stream().map(e -> plain(e, hidden)).toList();
      case ByteBuffer bytes -> Base64.getEncoder().encodeToString(bytes.duplicate().array());
      case Map<?, ?> map -> map;
      case Number number -> number;
      case Boolean bool -> bool;
      default -> value.toString();
    };
  }
}
