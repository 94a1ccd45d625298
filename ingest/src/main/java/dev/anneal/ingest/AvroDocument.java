package dev.anneal.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/// Plain JSON in the shape of an Avro record: unions without Avro's type tags, a missing field is
/// its default. Strict: what the schema does not know, or knows otherwise, is an error that names
/// its path.
final class AvroDocument {
  private AvroDocument() {}

  /// @throws IllegalArgumentException e.g. `source.port: expected int, found "x"`
  static <T extends SpecificRecord> T read(Class<T> type, JsonNode document) {
    Schema schema = SpecificData.get().getSchema(type);
    return type.cast(record(schema, document, ""));
  }

  private static Object record(Schema schema, JsonNode json, String path) {
    if (!json.isObject()) {
      throw unexpected(schema, json, path);
    }
    var record =
        (SpecificRecord) SpecificData.newInstance(SpecificData.get().getClass(schema), schema);
    var unknown = new HashSet<String>();
    json.fieldNames().forEachRemaining(unknown::add);
    for (Schema.Field field : schema.getFields()) {
      unknown.remove(field.name());
      String at = path.isEmpty() ? field.name() : path + "." + field.name();
      JsonNode value = json.get(field.name());
      record.put(
          field.pos(), value == null ? defaultOf(field, at) : value(field.schema(), value, at));
    }
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "%s has no field %s".formatted(path.isEmpty() ? schema.getName() : path, unknown));
    }
    return record;
  }

  private static @Nullable Object defaultOf(Schema.Field field, String path) {
    if (!field.hasDefaultValue()) {
      throw new IllegalArgumentException(path + " is missing");
    }
    return SpecificData.get().getDefaultValue(field);
  }

  private static @Nullable Object value(Schema schema, JsonNode json, String path) {
    return switch (schema.getType()) {
      case RECORD -> record(schema, json, path);
      case UNION -> union(schema, json, path);
      case ARRAY -> array(schema, json, path);
      case MAP -> map(schema, json, path);
      case STRING -> checked(json.isTextual(), schema, json, path, json.textValue());
      case BOOLEAN -> checked(json.isBoolean(), schema, json, path, json.booleanValue());
      case INT ->
          checked(
              json.isIntegralNumber() && json.canConvertToInt(),
              schema,
              json,
              path,
              json.intValue());
      case LONG ->
          checked(
              json.isIntegralNumber() && json.canConvertToLong(),
              schema,
              json,
              path,
              json.longValue());
      case DOUBLE -> checked(json.isNumber(), schema, json, path, json.doubleValue());
      case FLOAT -> checked(json.isNumber(), schema, json, path, json.floatValue());
      case NULL -> checkedNull(schema, json, path);
      case ENUM, FIXED, BYTES ->
          throw new IllegalArgumentException(
              "%s: %s in a definition".formatted(path, schema.getType()));
    };
  }

  private static @Nullable Object union(Schema schema, JsonNode json, String path) {
    if (json.isNull() && schema.isNullable()) {
      return null;
    }
    // definitions have only unions of null and one other
    List<Schema> others =
        schema.getTypes().stream().filter(s -> s.getType() != Schema.Type.NULL).toList();
    return value(others.getFirst(), json, path);
  }

  private static Object array(Schema schema, JsonNode json, String path) {
    if (!json.isArray()) {
      throw unexpected(schema, json, path);
    }
    var items = new ArrayList<Object>(json.size());
    for (int i = 0; i < json.size(); i++) {
      items.add(
          Objects.requireNonNull(
              value(schema.getElementType(), json.get(i), "%s[%d]".formatted(path, i))));
    }
    return items;
  }

  private static Object map(Schema schema, JsonNode json, String path) {
    if (!json.isObject()) {
      throw unexpected(schema, json, path);
    }
    var entries = new HashMap<String, Object>();
    json.properties()
        .forEach(
            e ->
                entries.put(
                    e.getKey(),
                    Objects.requireNonNull(
                        value(schema.getValueType(), e.getValue(), path + "." + e.getKey()))));
    return entries;
  }

  private static Object checked(
      boolean fits, Schema schema, JsonNode json, String path, @Nullable Object value) {
    if (!fits || value == null) {
      throw unexpected(schema, json, path);
    }
    return value;
  }

  private static @Nullable Object checkedNull(Schema schema, JsonNode json, String path) {
    if (!json.isNull()) {
      throw unexpected(schema, json, path);
    }
    return null;
  }

  private static IllegalArgumentException unexpected(Schema schema, JsonNode json, String path) {
    return new IllegalArgumentException(
        "%s: expected %s, found %s"
            .formatted(path.isEmpty() ? "document" : path, schema.getType().getName(), json));
  }
}
