package dev.anneal.modelstore;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;

/// Validation rows kept with a version, so that a gate scores champion and challenger on the same
/// ones: `evaluation_rows.bin`. Columns stand in the order of the model's feature names; NaN is
/// missing. The version itself was trained on them at last; the scores are of the model that was
/// trained without them (decision 007).
///
/// File: `ANEV`, int 2, int width, int rows, int assets, assets (int length, UTF-8), float
/// features[rows × width], float labels[rows], float scores[rows], int asset[rows], long
/// eventTimeMicros[rows]; big endian. Format 1 is the same without the scores, which are NaN then.
public final class EvaluationRows {
  public static final String FILE = "evaluation_rows.bin";
  private static final int MAGIC = 0x414E4556;
  private static final int FORMAT_WITHOUT_SCORES = 1;
  private static final int FORMAT = 2;
  private static final int HEADER_BYTES = 5 * Integer.BYTES;
  private static final int ROW_BYTES = 2 * Float.BYTES + Integer.BYTES + Long.BYTES;

  private final int width;
  private final float[] features;
  private final float[] labels;
  private final float[] scores;
  private final List<String> assets;
  private final long[] eventTimesMicros;

  /// @param features row-major, labels.length × width
  /// @param scores one per row, of the model that was trained without these rows; NaN: not known
  /// @param assets one per row
  public EvaluationRows(
      int width,
      float[] features,
      float[] labels,
      float[] scores,
      List<String> assets,
      long[] eventTimesMicros) {
    int rows = labels.length;
    if (width < 1
        || features.length != rows * width
        || scores.length != rows
        || assets.size() != rows
        || eventTimesMicros.length != rows) {
      throw new IllegalArgumentException(
          "evaluation rows must be of equal count: %d labels, %d features of width %d, %d scores, %d assets, %d times"
              .formatted(
                  rows,
                  features.length,
                  width,
                  scores.length,
                  assets.size(),
                  eventTimesMicros.length));
    }
    this.width = width;
    this.features = features;
    this.labels = labels;
    this.scores = scores;
    this.assets = List.copyOf(assets);
    this.eventTimesMicros = eventTimesMicros;
  }

  public int width() {
    return width;
  }

  public int count() {
    return labels.length;
  }

  /// Row-major, count × width; not copied.
  public float[] features() {
    return features;
  }

  /// Not copied.
  public float[] labels() {
    return labels;
  }

  /// One per row, of the model that was trained without these rows; NaN: not known; not copied.
  public float[] scores() {
    return scores;
  }

  public String asset(int row) {
    return assets.get(row);
  }

  public long eventTimeMicros(int row) {
    return eventTimesMicros[row];
  }

  public byte[] toBytes() {
    var indices = new LinkedHashMap<String, Integer>();
    assets.forEach(a -> indices.putIfAbsent(a, indices.size()));
    var names = indices.keySet().stream().map(a -> a.getBytes(StandardCharsets.UTF_8)).toList();
    int nameBytes = names.stream().mapToInt(n -> Integer.BYTES + n.length).sum();
    var out =
        ByteBuffer.allocate(
            Math.addExact(
                HEADER_BYTES + nameBytes,
                Math.addExact(
                    Math.multiplyExact(features.length, Float.BYTES), count() * ROW_BYTES)));
    out.putInt(MAGIC).putInt(FORMAT).putInt(width).putInt(count()).putInt(names.size());
    names.forEach(n -> out.putInt(n.length).put(n));
    for (float value : features) {
      out.putFloat(value);
    }
    for (float label : labels) {
      out.putFloat(label);
    }
    for (float score : scores) {
      out.putFloat(score);
    }
    assets.forEach(a -> out.putInt(indices.getOrDefault(a, 0)));
    for (long time : eventTimesMicros) {
      out.putLong(time);
    }
    return out.array();
  }

  /// @throws ArtifactException when the bytes are not evaluation rows
  public static EvaluationRows from(byte[] bytes) {
    try {
      var in = ByteBuffer.wrap(bytes);
      boolean isScored = readsScores(in);
      int width = in.getInt();
      int count = in.getInt();
      int assetCount = in.getInt();
      // checked before anything is allocated by it
      if (width < 1
          || count < 0
          || assetCount < 0
          || count * (4L * width + ROW_BYTES - (isScored ? 0 : Float.BYTES)) > in.remaining()) {
        throw new ArtifactException(
            "evaluation rows say %d rows of width %d, the file is shorter".formatted(count, width));
      }
      var names = new ArrayList<String>();
      for (int i = 0; i < assetCount; i++) {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
          throw new BufferUnderflowException();
        }
        names.add(new String(bytes, in.position(), length, StandardCharsets.UTF_8));
        in.position(in.position() + length);
      }
      float[] features = Floats.read(in, count * width);
      float[] labels = Floats.read(in, count);
      float[] scores = isScored ? Floats.read(in, count) : unknown(count);
      var assets = new ArrayList<String>(count);
      for (int i = 0; i < count; i++) {
        assets.add(names.get(in.getInt()));
      }
      var times = new long[count];
      for (int i = 0; i < count; i++) {
        times[i] = in.getLong();
      }
      return new EvaluationRows(width, features, labels, scores, assets, times);
    } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
      throw new ArtifactException("evaluation rows are cut short", e);
    }
  }

  private static boolean readsScores(ByteBuffer in) {
    int magic = in.getInt();
    int format = in.getInt();
    if (magic != MAGIC || format < FORMAT_WITHOUT_SCORES || format > FORMAT) {
      throw new ArtifactException(
          "evaluation rows must begin with ANEV and format %d or %d"
              .formatted(FORMAT_WITHOUT_SCORES, FORMAT));
    }
    return format != FORMAT_WITHOUT_SCORES;
  }

  /// Scores of so many rows of which none is known: NaN.
  public static float[] unknown(int count) {
    var scores = new float[count];
    Arrays.fill(scores, Float.NaN);
    return scores;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EvaluationRows that && Arrays.equals(toBytes(), that.toBytes());
  }

  @Override
  public int hashCode() {
    return 31 * width + Arrays.hashCode(labels);
  }

  @Override
  public String toString() {
    return "EvaluationRows[%d × %d]".formatted(count(), width);
  }
}
