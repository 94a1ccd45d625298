package dev.anneal.schemas;

import dev.anneal.schemas.RowCodec.Quality;
import dev.anneal.schemas.RowCodec.Width;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/// The Avro schema of one subject's rows, and where the fields of every writer's schema go here.
/// Safe for use by many threads.
final class RowSchema {
  private static final int HEADER_FIELDS = 5;

  private final String subject;
  private final List<String> names;
  private final Width width;
  private final Schema schema;
  private final SchemaRegistry registry;
  private final ConcurrentMap<Integer, Layout> layouts = new ConcurrentHashMap<>();
  private volatile @Nullable Integer id;

  /// Where a writer's value fields go here: `targets[i]` is our index of its i-th value, −1 for
  /// none.
  ///
  /// @param schemaId of the writer
  /// @param isOurs whether its values are ours, in our order
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Layout(int schemaId, int[] targets, Width width, boolean isOurs) {}

  RowSchema(
      String subject, String namespace, List<String> names, Width width, SchemaRegistry registry) {
    this.subject = subject;
    this.names = List.copyOf(names);
    this.width = width;
    this.schema = schema(namespace, names, width);
    this.registry = registry;
  }

  private static Schema schema(String namespace, List<String> names, Width width) {
    var micros = LogicalTypes.timestampMicros().addToSchema(Schema.create(Schema.Type.LONG));
    var quality =
        Schema.createEnum(
            "Quality", null, "dev.anneal.events", Quality.ALL.stream().map(Enum::name).toList());
    var fields =
        SchemaBuilder.record("Row")
            .namespace(namespace)
            .fields()
            .requiredString("asset")
            .name("eventTime")
            .type(micros)
            .noDefault()
            .name("knownTime")
            .type(micros)
            .noDefault()
            .requiredLong("lsn")
            .name("quality")
            .type(quality)
            .noDefault();
    var value = nullable(width);
    for (String name : names) {
      fields = fields.name(name).type(value).withDefault(null);
    }
    return fields.endRecord();
  }

  private static Schema nullable(Width width) {
    return Schema.createUnion(Schema.create(Schema.Type.NULL), Schema.create(width.type()));
  }

  String subject() {
    return subject;
  }

  List<String> names() {
    return names;
  }

  Width width() {
    return width;
  }

  Schema schema() {
    return schema;
  }

  /// The schema's id, which is asked for once.
  ///
  /// @throws SerializationException when the registry refuses the schema
  int id() {
    Integer known = id;
    if (known != null) {
      return known;
    }
    try {
      int registered = registry.register(subject, schema);
      id = registered;
      return registered;
    } catch (SchemaRegistryException e) {
      throw e.isTransient() ? e.retriable() : e;
    }
  }

  /// @throws SerializationException when the schema with this id is not one of such rows
  Layout layout(int schemaId) {
    return layouts.computeIfAbsent(schemaId, this::resolve);
  }

  private Layout resolve(int schemaId) {
    Schema writer;
    try {
      writer = registry.byId(schemaId);
    } catch (SchemaRegistryException e) {
      throw e.isTransient() ? e.retriable() : e;
    }
    var ours = schema.getFields().subList(0, HEADER_FIELDS);
    if (writer.getType() != Schema.Type.RECORD
        || writer.getFields().size() < HEADER_FIELDS
        || !writer.getFields().subList(0, HEADER_FIELDS).equals(ours)) {
      throw new SerializationException(
          "schema id %d is not one of rows of %s: %s".formatted(schemaId, subject, writer));
    }
    var values = writer.getFields().subList(HEADER_FIELDS, writer.getFields().size());
    int[] targets = values.stream().mapToInt(f -> names.indexOf(f.name())).toArray();
    boolean isOurs = names.equals(values.stream().map(Schema.Field::name).toList());
    return new Layout(schemaId, targets, widthOf(values, schemaId), isOurs);
  }

  private static Width widthOf(List<Schema.Field> values, int schemaId) {
    for (var candidate : Width.values()) {
      var expected = nullable(candidate).getTypes();
      if (values.stream()
          .allMatch(f -> f.schema().isUnion() && f.schema().getTypes().equals(expected))) {
        return candidate;
      }
    }
    throw new SerializationException(
        "schema id %d has fields that are not nullable numbers".formatted(schemaId));
  }
}
