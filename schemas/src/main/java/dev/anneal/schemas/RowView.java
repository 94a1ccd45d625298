package dev.anneal.schemas;

import dev.anneal.schemas.RowCodec.Quality;
import dev.anneal.schemas.RowCodec.Row;
import dev.anneal.schemas.RowCodec.Width;
import dev.anneal.schemas.RowSchema.Layout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/// A row as it lies in its bytes. One view reads row after row, so that reading allocates nothing;
/// what it says is of the row that was read last. For one thread.
public final class RowView {
  static final VarHandle DOUBLES =
      MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);
  static final VarHandle FLOATS =
      MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final byte NULL = 0;
  private static final byte NUMBER = 2; // branch 1, zigzag

  private final RowSchema schema;
  private final double[] values;
  private final double[] missing;
  private byte[] bytes = {};
  private int at;
  private int assetStart;
  private int assetEnd;
  private int valuesStart;
  private long eventTimeMicros;
  private long knownTimeMicros;
  private long lsn;
  private Quality quality = Quality.BAD;
  private @Nullable Layout layout;

  RowView(RowSchema schema) {
    this.schema = schema;
    this.values = new double[schema.names().size()];
    this.missing = new double[values.length];
    Arrays.fill(missing, Double.NaN);
  }

  /// The record's bytes, which the asset's name lies in.
  public byte[] bytes() {
    return bytes;
  }

  /// Where the asset's name begins in [#bytes], UTF-8.
  public int assetStart() {
    return assetStart;
  }

  /// Where it ends, exclusive.
  public int assetEnd() {
    return assetEnd;
  }

  public String asset() {
    return new String(bytes, assetStart, assetEnd - assetStart, StandardCharsets.UTF_8);
  }

  /// When it was measured, microseconds since 1970.
  public long eventTimeMicros() {
    return eventTimeMicros;
  }

  public long knownTimeMicros() {
    return knownTimeMicros;
  }

  /// The source's log position.
  public long lsn() {
    return lsn;
  }

  public Quality quality() {
    return quality;
  }

  /// As [Row#trustedValues]; valid until the next row is read.
  public double[] trustedValues() {
    return quality.isTrusted() ? values : missing;
  }

  /// The row, which has this view's values: the view must not read another.
  Row row() {
    return new Row(asset(), eventTimeMicros, knownTimeMicros, lsn, quality, values);
  }

  /// Where the values begin in [#bytes]: all before, but the schema's id, says whose row it is.
  int valuesStart() {
    return valuesStart;
  }

  /// @throws SerializationException when the bytes are not a row of the schema's subject
  void read(byte[] row) {
    int id = WireFormat.schemaId(row);
    var known = layout;
    if (known == null || known.schemaId() != id) {
      known = schema.layout(id);
      layout = known;
    }
    bytes = row;
    try {
      readHeader();
      readValues(known);
    } catch (IndexOutOfBoundsException | ArithmeticException e) {
      throw new SerializationException(
          "bytes with schema id %d are not a row of %s".formatted(id, schema.subject()), e);
    }
    if (at != row.length) {
      throw new SerializationException("bytes left over after a row of " + schema.subject());
    }
  }

  private void readHeader() {
    at = WireFormat.HEADER_BYTES;
    int length = Math.toIntExact(readLong());
    assetStart = at;
    assetEnd = Math.addExact(at, length);
    if (length < 0 || assetEnd > bytes.length) {
      throw new IndexOutOfBoundsException("an asset's name of " + length + " bytes");
    }
    at = assetEnd;
    eventTimeMicros = readLong();
    knownTimeMicros = readLong();
    lsn = readLong();
    quality = Quality.ALL.get(Math.toIntExact(readLong()));
    valuesStart = at;
  }

  private void readValues(Layout writer) {
    if (writer.isOurs()) {
      for (int i = 0; i < values.length; i++) {
        values[i] = readValue(writer.width());
      }
      return;
    }
    Arrays.fill(values, Double.NaN);
    for (int target : writer.targets()) {
      double value = readValue(writer.width());
      if (target >= 0) {
        values[target] = value;
      }
    }
  }

  private double readValue(Width width) {
    byte branch = bytes[at++];
    if (branch == NULL) {
      return Double.NaN;
    }
    if (branch != NUMBER) {
      throw new IndexOutOfBoundsException("union branch " + branch);
    }
    double value =
        width == Width.DOUBLE ? (double) DOUBLES.get(bytes, at) : (float) FLOATS.get(bytes, at);
    at += width.bytes();
    return value;
  }

  private long readLong() {
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

  /// Writes a nullable double.
  ///
  /// @return where the next value goes
  static int putDouble(byte[] out, int at, double value) {
    if (Double.isNaN(value)) {
      out[at] = NULL;
      return at + 1;
    }
    out[at] = NUMBER;
    DOUBLES.set(out, at + 1, value);
    return at + 1 + Double.BYTES;
  }

  /// Writes a nullable float.
  ///
  /// @return where the next value goes
  static int putFloat(byte[] out, int at, float value) {
    if (Float.isNaN(value)) {
      out[at] = NULL;
      return at + 1;
    }
    out[at] = NUMBER;
    FLOATS.set(out, at + 1, value);
    return at + 1 + Float.BYTES;
  }

  /// Writes nullable floats into room for as many numbers.
  ///
  /// @return where the next value goes
  static int putFloats(byte[] out, int at, float[] values) {
    int last = values.length - 1;
    for (int i = 0; i < last; i++) {
      float value = values[i];
      boolean isPresent = !Float.isNaN(value);
      // branch and bits at once; the rest of the long is where the next value goes
      long bits = Float.floatToRawIntBits(value) & 0xffff_ffffL;
      LONGS.set(out, at, isPresent ? bits << 8 | NUMBER : NULL);
      at += isPresent ? 1 + Float.BYTES : 1;
    }
    return last < 0 ? at : putFloat(out, at, values[last]);
  }
}
