package dev.anneal.modelstore;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// Rows with the scores that the trained model gave them: whoever loads the ONNX model proves it on
/// these first. `golden_rows.bin`.
///
/// File: `ANGR`, int 1, int width, int rows, float features[rows × width], float scores[rows]; big
/// endian.
public final class GoldenRows {
  public static final String FILE = "golden_rows.bin";

  /// A probability may differ by this much between XGBoost and ONNX Runtime: both sum float32
  /// leaves, in another order.
  public static final double TOLERANCE = 1e-5;

  private static final int MAGIC = 0x414E4752;
  private static final int FORMAT = 1;
  private static final int HEADER_BYTES = 4 * Integer.BYTES;

  private final int width;
  private final float[] features;
  private final float[] scores;

  /// @param features row-major, scores.length × width
  public GoldenRows(int width, float[] features, float[] scores) {
    if (width < 1 || features.length != scores.length * width) {
      throw new IllegalArgumentException(
          "golden rows must be of equal count: %d scores, %d features of width %d"
              .formatted(scores.length, features.length, width));
    }
    this.width = width;
    this.features = features;
    this.scores = scores;
  }

  public int count() {
    return scores.length;
  }

  /// The largest absolute difference between the scores kept and the ones this model gives; NaN
  /// scores count as infinitely wrong.
  public double maxDelta(OnnxModel model) {
    float[] found = model.scores(features, scores.length);
    double max = 0;
    for (int i = 0; i < found.length; i++) {
      double delta = Math.abs((double) found[i] - scores[i]);
      max = Math.max(max, Double.isNaN(delta) ? Double.POSITIVE_INFINITY : delta);
    }
    return max;
  }

  /// How many rows get another label at this threshold.
  public int labelDifferences(OnnxModel model, double threshold) {
    float[] found = model.scores(features, scores.length);
    int different = 0;
    for (int i = 0; i < found.length; i++) {
      different += (found[i] >= threshold) != (scores[i] >= threshold) ? 1 : 0;
    }
    return different;
  }

  public byte[] toBytes() {
    var out = ByteBuffer.allocate(HEADER_BYTES + (features.length + scores.length) * Float.BYTES);
    out.putInt(MAGIC).putInt(FORMAT).putInt(width).putInt(scores.length);
    for (float value : features) {
      out.putFloat(value);
    }
    for (float score : scores) {
      out.putFloat(score);
    }
    return out.array();
  }

  /// @throws ArtifactException when the bytes are not golden rows
  public static GoldenRows from(byte[] bytes) {
    try {
      var in = ByteBuffer.wrap(bytes);
      if (in.getInt() != MAGIC || in.getInt() != FORMAT) {
        throw new ArtifactException("golden rows must begin with ANGR and format " + FORMAT);
      }
      int width = in.getInt();
      int count = in.getInt();
      if (width < 1 || count < 0 || (long) count * (width + 1L) * Float.BYTES != in.remaining()) {
        throw new ArtifactException(
            "golden rows say %d rows of width %d, the file differs".formatted(count, width));
      }
      return new GoldenRows(width, Floats.read(in, count * width), Floats.read(in, count));
    } catch (BufferUnderflowException e) {
      throw new ArtifactException("golden rows are cut short", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GoldenRows that && Arrays.equals(toBytes(), that.toBytes());
  }

  @Override
  public int hashCode() {
    return 31 * width + Arrays.hashCode(scores);
  }
}
