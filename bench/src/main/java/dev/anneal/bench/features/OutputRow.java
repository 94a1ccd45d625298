package dev.anneal.bench.features;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// A feature row as Anneal writes it, which is what readers of the topic expect, whoever writes it:
/// the header of its telemetry row and 88 nullable float32, 470 bytes. [#plain] is the row without
/// names: 365 bytes.
public final class OutputRow {
  private static final int FIELD = 1 + Float.BYTES;
  private static final byte VALUE = 2; // the union's branch; 0 is null

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle FLOATS =
      MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);

  // value, lags; mean, std, minimum, maximum of either window
  private static final double[] WEIGHTS = {0, 0, 0, .013, -.41, 0, 0, .017, -.43, 0, 0};

  private OutputRow() {}

  /// @param row whose header is copied
  /// @param features at least 88, of which the first 88 are written; NaN is null
  public static byte[] of(InputRow row, float[] features) {
    int at = row.headerBytes();
    byte[] out = row.header(at + Profile.FEATURES * FIELD);
    for (int i = 0; i < Profile.FEATURES; i++) {
      if (Float.isNaN(features[i])) {
        at++;
      } else {
        at = put(out, at, features[i]);
      }
    }
    return at == out.length ? out : Arrays.copyOf(out, at);
  }

  /// A row of the same size that nothing is computed for: values of the input, always others side
  /// by side, and numbers made of two of them, so that the row compresses like features do.
  static byte[] inflated(InputRow row) {
    int at = row.headerBytes();
    byte[] out = row.header(at + Profile.FEATURES * FIELD);
    for (int i = 0; i < Profile.FEATURES; i++) {
      at = put(out, at, value(row, i));
    }
    return out;
  }

  /// The same as event time and floats without branches.
  static byte[] plain(InputRow row) {
    byte[] out = new byte[5 + Long.BYTES + Profile.FEATURES * Float.BYTES];
    out[4] = 1;
    LONGS.set(out, 5, row.timeMicros());
    for (int i = 0; i < Profile.FEATURES; i++) {
      FLOATS.set(out, 5 + Long.BYTES + i * Float.BYTES, value(row, i));
    }
    return out;
  }

  private static float value(InputRow row, int feature) {
    double[] values = row.values();
    int sensor = feature * (2 * (feature / values.length) + 1) % values.length;
    double other = values[(sensor + 3) % values.length];
    return (float) (values[sensor] + WEIGHTS[feature % WEIGHTS.length] * other);
  }

  private static int put(byte[] out, int at, float value) {
    out[at] = VALUE;
    FLOATS.set(out, at + 1, value);
    return at + FIELD;
  }
}
