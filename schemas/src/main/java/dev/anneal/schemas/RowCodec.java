package dev.anneal.schemas;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.Schema;
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

    static final List<Quality> ALL = List.of(values());

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

    Schema.Type type() {
      return type;
    }

    int bytes() {
      return bytes;
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

  private static final int LONGEST_HEADER = WireFormat.HEADER_BYTES + 5 + 3 * 10 + 1;

  private final RowSchema schema;

  private RowCodec(RowSchema schema) {
    this.schema = schema;
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
        new RowSchema(topic.subject(), "dev.anneal." + namespace, names, width, registry));
  }

  private static String field(String identifier) {
    String name = identifier.replace('-', '_');
    return Character.isDigit(name.charAt(0)) ? "_" + name : name;
  }

  public List<String> names() {
    return schema.names();
  }

  public Schema schema() {
    return schema.schema();
  }

  /// @throws SerializationException when the registry refuses the schema
  public byte[] encode(Row row) {
    byte[] asset = row.asset().getBytes(StandardCharsets.UTF_8);
    byte[] out =
        new byte[LONGEST_HEADER + asset.length + names().size() * (1 + schema.width().bytes)];
    WireFormat.putHeader(out, schema.id());
    int at = putLong(out, WireFormat.HEADER_BYTES, asset.length);
    System.arraycopy(asset, 0, out, at, asset.length);
    at = putLong(out, at + asset.length, row.eventTimeMicros());
    at = putLong(out, at, row.knownTimeMicros());
    at = putLong(out, at, row.lsn());
    at = putLong(out, at, row.quality().ordinal());
    for (double value : row.values()) {
      at =
          schema.width() == Width.DOUBLE
              ? RowView.putDouble(out, at, value)
              : RowView.putFloat(out, at, (float) value);
    }
    return Arrays.copyOf(out, at);
  }

  /// A row of these values, and of the asset, times, LSN and quality of another: what a feature row
  /// shares with the telemetry row it was computed from is copied as bytes.
  ///
  /// @param features in this codec's order, whose width must be [Width#FLOAT]; NaN is missing
  /// @throws SerializationException when the registry refuses the schema
  public byte[] encode(RowView telemetry, float[] features) {
    int header = telemetry.valuesStart();
    byte[] out = new byte[header + features.length * (1 + Float.BYTES)];
    System.arraycopy(telemetry.bytes(), 0, out, 0, header);
    WireFormat.putHeader(out, schema.id());
    int at = RowView.putFloats(out, header, features);
    return at == out.length ? out : Arrays.copyOf(out, at);
  }

  /// A view for [#read].
  public RowView view() {
    return new RowView(schema);
  }

  /// Reads a row into a view of this codec, which keeps the bytes.
  ///
  /// @throws SerializationException when the bytes are not a row of this subject
  public void read(byte[] bytes, RowView target) {
    target.read(bytes);
  }

  /// @throws SerializationException when the bytes are not a row of this subject
  public Row decode(byte[] bytes) {
    var view = view();
    view.read(bytes);
    return view.row();
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
}
