package dev.anneal.bench.features;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// A telemetry row as a team would read it that knows its layout: no object but this one, used
/// again for every row. The layout is `RowCodec`'s; missing values do not occur here.
public final class InputRow {
  private static final VarHandle DOUBLES =
      MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int HEADER_BYTES = 5; // magic byte and schema id

  private final double[] values = new double[Profile.SENSORS];
  private byte[] bytes = {};
  private int at;
  private int assetLength;
  private long timeMicros;
  private long lsn;

  /// @param row kept until the next call
  public InputRow read(byte[] row) {
    bytes = row;
    at = HEADER_BYTES;
    assetLength = (int) readLong();
    at += assetLength;
    timeMicros = readLong();
    readLong(); // known time
    lsn = readLong();
    readLong(); // quality
    for (int i = 0; i < values.length; i++) {
      at++; // the union's branch
      values[i] = (double) DOUBLES.get(bytes, at);
      at += Double.BYTES;
    }
    return this;
  }

  private long readLong() {
    long value = 0;
    int shift = 0;
    byte b;
    do {
      b = bytes[at++];
      value |= (b & 0x7fL) << shift;
      shift += 7;
    } while (b < 0);
    return (value >>> 1) ^ -(value & 1);
  }

  /// Event time.
  public long timeMicros() {
    return timeMicros;
  }

  /// The source's log position.
  public long lsn() {
    return lsn;
  }

  /// Overwritten by the next row.
  public double[] values() {
    return values;
  }

  /// Length of the header: schema id, asset, both times, LSN, quality.
  int headerBytes() {
    return at - Profile.SENSORS * (1 + Double.BYTES);
  }

  /// The header, at the beginning of an array of this length.
  byte[] header(int length) {
    byte[] out = new byte[length];
    System.arraycopy(bytes, 0, out, 0, headerBytes());
    return out;
  }

  /// The row written afresh: what a copying job does.
  byte[] copy() {
    byte[] copy = Arrays.copyOf(bytes, bytes.length);
    int to = copy.length - Profile.SENSORS * (1 + Double.BYTES);
    for (double value : values) {
      DOUBLES.set(copy, to + 1, value);
      to += 1 + Double.BYTES;
    }
    return copy;
  }
}
