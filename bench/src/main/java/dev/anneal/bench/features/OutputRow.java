package dev.anneal.bench.features;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// A feature row as the peers write it: header, event time, 88 float32; 365 bytes.
public final class OutputRow {
  static final int BYTES = 5 + Long.BYTES + Profile.FEATURES * Float.BYTES;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle FLOATS =
      MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);

  // value, lags; mean, std, minimum, maximum of either window
  private static final double[] WEIGHTS = {0, 0, 0, .013, -.41, 0, 0, .017, -.43, 0, 0};

  private OutputRow() {}

  /// @param features at least 88, of which the first 88 are written
  public static byte[] of(long timeMicros, float[] features) {
    byte[] out = header(timeMicros);
    for (int i = 0; i < Profile.FEATURES; i++) {
      FLOATS.set(out, 5 + Long.BYTES + i * Float.BYTES, features[i]);
    }
    return out;
  }

  /// A row of the same size that nothing is computed for: values of the input, always others side
  /// by side, and numbers made of two of them, so that the row compresses like features do.
  static byte[] inflated(InputRow row) {
    byte[] out = header(row.timeMicros());
    double[] values = row.values();
    for (int i = 0; i < Profile.FEATURES; i++) {
      int sensor = i * (2 * (i / values.length) + 1) % values.length;
      double other = values[(sensor + 3) % values.length];
      float value = (float) (values[sensor] + WEIGHTS[i % WEIGHTS.length] * other);
      FLOATS.set(out, 5 + Long.BYTES + i * Float.BYTES, value);
    }
    return out;
  }

  private static byte[] header(long timeMicros) {
    byte[] out = new byte[BYTES];
    out[4] = 1;
    LONGS.set(out, 5, timeMicros);
    return out;
  }
}
