package dev.anneal.schemas;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.kafka.common.errors.SerializationException;

/// Telemetry and feature rows in Avro: a header (asset, both clocks, LSN, quality) and one nullable
/// field per sensor or feature, so that any client reads them by name. The record layout is fixed,
/// so rows are written and read without generic records. Reading maps the writer's fields to ours
/// by name; a field the writer lacks is NaN, one we lack is passed over. Null is NaN here. Safe for
/// use by many threads.
public final class RowCodec {
  /// How far a row may be trusted, from the source's quality column.
  public enum Quality {
    GOOD,
    UNCERTAIN,
    OUT_OF_RANGE,
    STALE,
    BAD;

    private static final List<Quality> ALL = List.of(values());

    /// Whether features are computed from the row's values. What a sensor itself calls out of
    /// range, stale or bad is missing.
    public boolean isTrusted() {
      return this == GOOD || this == UNCERTAIN;
    }
  }

  /// Telemetry is measured in doubles; features are the float32 that models read.
  public enum Width {
    FLOAT(Schema.Type.FLOAT, Float.BYTES),
    DOUBLE(Schema.Type.DOUBLE, Double.BYTES);

    private final Schema.Type type;
    private final int bytes;

    Width(Schema.Type type, int bytes) {
      this.type = type;
      this.bytes = bytes;
    }
  }

  /// One row.
  ///
  /// @param eventTimeMicros when it was measured, microseconds since 1970
  /// @param knownTimeMicros when the source committed it, microseconds since 1970
  /// @param lsn the source's log position
  /// @param values in the codec's order; NaN is missing; not copied
  public record Row(
      String asset,
      long eventTimeMicros,
      long knownTimeMicros,
      long lsn,
      Quality quality,
      double[] values) {
    /// The values that features are computed from, in the stream as in training: all missing where
    /// the row is not trusted.
    public double[] trustedValues() {
      if (quality.isTrusted()) {
        return values;
      }
      var missing = new double[values.length];
      Arrays.fill(missing, Double.NaN);
      return missing;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Row(var a, var event, var known, var l, var q, var v)
          && asset.equals(a)
          && eventTimeMicros == event
          && knownTimeMicros == known
          && lsn == l
          && quality == q
          && Arrays.equals(values, v);
    }

    @Override
    public int hashCode() {
      return 31 * asset.hashCode() + Long.hashCode(eventTimeMicros);
    }

    @Override
    public String toString() {
      return "Row[%s @%d known %d lsn %d %s %s]"
          .formatted(
              asset, eventTimeMicros, knownTimeMicros, lsn, quality, Arrays.toString(values));
    }
  }

  static {
    AvroLimits.set();
  }

  private static final VarHandle DOUBLES =
      MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle FLOATS =
      MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int HEADER_FIELDS = 5;
  private static final int LONGEST_HEADER = WireFormat.HEADER_BYTES + 5 + 3 * 10 + 1;

  private final String subject;
  private final List<String> names;
  private final Width width;
  private final Schema schema;
  private final SchemaRegistry registry;
  private final ConcurrentMap<Integer, Layout> layouts = new ConcurrentHashMap<>();

  /// Where a writer's value fields go here: `targets[i]` is our index of its i-th value, −1 for
  /// none.
  private record Layout(int[] targets, Width width) {}

  private RowCodec(
      String subject, Schema schema, List<String> names, Width width, SchemaRegistry registry) {
    this.subject = subject;
    this.names = List.copyOf(names);
    this.width = width;
    this.schema = schema;
    this.registry = registry;
  }

  /// @param sensors in the order of [Row#values]
  public static RowCodec telemetry(
      String organization, List<String> sensors, SchemaRegistry registry) {
    return of(
        Topics.telemetry(organization),
        "telemetry." + field(organization),
        sensors,
        Width.DOUBLE,
        registry);
  }

  /// @param features in the order of [Row#values]
  public static RowCodec features(
      String organization, String model, List<String> features, SchemaRegistry registry) {
    String namespace = "features." + field(organization) + "." + field(model);
    return of(Topics.features(organization, model), namespace, features, Width.FLOAT, registry);
  }

  private static RowCodec of(
      Topic<Row> topic,
      String namespace,
      List<String> names,
      Width width,
      SchemaRegistry registry) {
    return new RowCodec(
        topic.subject(), schema("dev.anneal." + namespace, names, width), names, width, registry);
  }

  private static String field(String identifier) {
    String name = identifier.replace('-', '_');
    return Character.isDigit(name.charAt(0)) ? "_" + name : name;
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
    var value = Schema.createUnion(Schema.create(Schema.Type.NULL), Schema.create(width.type));
    for (String name : names) {
      fields = fields.name(name).type(value).withDefault(null);
    }
    return fields.endRecord();
  }

  public List<String> names() {
    return names;
  }

  public Schema schema() {
    return schema;
  }

  /// @throws SerializationException when the registry refuses the schema
  public byte[] encode(Row row) {
    byte[] asset = row.asset().getBytes(StandardCharsets.UTF_8);
    byte[] out = new byte[LONGEST_HEADER + asset.length + names.size() * (1 + width.bytes)];
    WireFormat.putHeader(out, register());
    int at = putLong(out, WireFormat.HEADER_BYTES, asset.length);
    System.arraycopy(asset, 0, out, at, asset.length);
    at = putLong(out, at + asset.length, row.eventTimeMicros());
    at = putLong(out, at, row.knownTimeMicros());
    at = putLong(out, at, row.lsn());
    at = putLong(out, at, row.quality().ordinal());
    for (double value : row.values()) {
      if (Double.isNaN(value)) {
        out[at++] = 0; // branch 0: null
      } else {
        out[at++] = 2; // branch 1, zigzag
        if (width == Width.DOUBLE) {
          DOUBLES.set(out, at, value);
        } else {
          FLOATS.set(out, at, (float) value);
        }
        at += width.bytes;
      }
    }
    return Arrays.copyOf(out, at);
  }

  private int register() {
    try {
      return registry.register(subject, schema);
    } catch (SchemaRegistryException e) {
      throw e.isTransient() ? e.retriable() : e;
    }
  }

  /// @throws SerializationException when the bytes are not a row of this subject
  public Row decode(byte[] bytes) {
    int id = WireFormat.schemaId(bytes);
    var layout = layouts.computeIfAbsent(id, this::layout);
    try {
      var in = new Reader(bytes);
      String asset = in.readString();
      long eventTime = in.readLong();
      long knownTime = in.readLong();
      long lsn = in.readLong();
      var quality = Quality.ALL.get(Math.toIntExact(in.readLong()));
      var values = new double[names.size()];
      Arrays.fill(values, Double.NaN);
      for (int target : layout.targets()) {
        double value = in.readValue(layout.width());
        if (target >= 0) {
          values[target] = value;
        }
      }
      if (in.at != bytes.length) {
        throw new SerializationException("bytes left over after a row of " + subject);
      }
      return new Row(asset, eventTime, knownTime, lsn, quality, values);
    } catch (IndexOutOfBoundsException | ArithmeticException | NegativeArraySizeException e) {
      throw new SerializationException(
          "bytes with schema id %d are not a row of %s".formatted(id, subject), e);
    }
  }

  private Layout layout(int id) {
    Schema writer;
    try {
      writer = registry.byId(id);
    } catch (SchemaRegistryException e) {
      throw e.isTransient() ? e.retriable() : e;
    }
    var ours = schema.getFields().subList(0, HEADER_FIELDS);
    if (writer.getType() != Schema.Type.RECORD
        || writer.getFields().size() < HEADER_FIELDS
        || !writer.getFields().subList(0, HEADER_FIELDS).equals(ours)) {
      throw new SerializationException(
          "schema id %d is not one of rows of %s: %s".formatted(id, subject, writer));
    }
    var values = writer.getFields().subList(HEADER_FIELDS, writer.getFields().size());
    int[] targets = values.stream().mapToInt(f -> names.indexOf(f.name())).toArray();
    return new Layout(targets, widthOf(values, id));
  }

  private static Width widthOf(List<Schema.Field> values, int id) {
    for (var candidate : Width.values()) {
      var expected = List.of(Schema.create(Schema.Type.NULL), Schema.create(candidate.type));
      if (values.stream()
          .allMatch(f -> f.schema().isUnion() && f.schema().getTypes().equals(expected))) {
        return candidate;
      }
    }
    throw new SerializationException(
        "schema id %d has fields that are not nullable numbers".formatted(id));
  }

  private static int putLong(byte[] out, int at, long value) {
    long rest = (value << 1) ^ (value >> 63);
    while ((rest & ~0x7FL) != 0) {
      out[at++] = (byte) ((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out[at++] = (byte) rest;
    return at;
  }

  /// A cursor over Avro binary; runs off the end with [IndexOutOfBoundsException].
  private static final class Reader {
    private final byte[] bytes;
    private int at = WireFormat.HEADER_BYTES;

    Reader(byte[] bytes) {
      this.bytes = bytes;
    }

    long readLong() {
      long value = 0;
      for (int shift = 0; shift < 64; shift += 7) {
        byte b = bytes[at++];
        value |= (b & 0x7fL) << shift;
        if (b >= 0) {
          return (value >>> 1) ^ -(value & 1);
        }
      }
      throw new ArithmeticException("a varint of more than 64 bits");
    }

    String readString() {
      int length = Math.toIntExact(readLong());
      var text = new String(bytes, at, length, StandardCharsets.UTF_8);
      at += length;
      return text;
    }

    double readValue(Width width) {
      long branch = readLong();
      if (branch == 0) {
        return Double.NaN;
      }
      if (branch != 1) {
        throw new IndexOutOfBoundsException("union branch " + branch);
      }
      double value =
          width == Width.DOUBLE ? (double) DOUBLES.get(bytes, at) : (float) FLOATS.get(bytes, at);
      at += width.bytes;
      return value;
    }
  }
}
