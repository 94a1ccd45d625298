package dev.anneal.trainer.xgboost;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Writes the rows of a training as they come: features straight to `features.bin` (float32, little endian, row-major),
/// the rest kept until the labels are known and written as `rows.bin`. For one thread.
public final class DatasetWriter implements AutoCloseable {
  static final String FEATURES_FILE = "features.bin";
  static final String ROWS_FILE = "rows.bin";
  private static final int BUFFER_BYTES = 1 << 20;

  private final Path directory;
  private final int width;
  private final long maxBytes;
  private final FileChannel features;
  private final ByteBuffer buffer;
  private final Map<String, Integer> assetIndices = new LinkedHashMap<>();
  private int[] assets = new int[1024];
  private long[] times = new long[1024];
  private int count;

  /// Decides a row's label once everything has been read.
  public interface Labels {
    Label of(String asset, long eventTimeMicros);
  }

  /// @param maxBytes of features; more is a [TrainingFailure] `dataset-too-large`
  public DatasetWriter(Path directory, int width, long maxBytes) throws IOException {
    this.directory = directory;
    this.width = width;
    this.maxBytes = maxBytes;
    this.features =
        FileChannel.open(
            directory.resolve(FEATURES_FILE),
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
    this.buffer =
        ByteBuffer.allocateDirect(Math.max(BUFFER_BYTES, width * Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
  }

  public int count() {
    return count;
  }

  /// @param row copied
  public void add(String asset, long eventTimeMicros, float[] row) throws IOException {
    if ((count + 1L) * width * Float.BYTES > maxBytes) {
      throw new TrainingFailure(
          "dataset-too-large",
          ("the rows need more than %d MB: %d rows of %d features so far; ask for a shorter range, fewer features, "
                  + "or raise anneal.trainer.dataset")
              .formatted(maxBytes >> 20, count, width));
    }
    if (count == times.length) {
      times = Arrays.copyOf(times, count * 2);
      assets = Arrays.copyOf(assets, count * 2);
    }
    times[count] = eventTimeMicros;
    assets[count++] = assetIndices.computeIfAbsent(asset, _ -> assetIndices.size());
    if (buffer.remaining() < width * Float.BYTES) {
      flush();
    }
    buffer.asFloatBuffer().put(row, 0, width);
    buffer.position(buffer.position() + width * Float.BYTES);
  }

  private void flush() throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      features.write(buffer);
    }
    buffer.clear();
  }

  /// Ends the dataset.
  public void finish(Labels labels) throws IOException {
    flush();
    List<String> names = new ArrayList<>(assetIndices.keySet());
    Path file = directory.resolve(ROWS_FILE);
    try (var out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), BUFFER_BYTES))) {
      out.writeInt(width);
      out.writeInt(count);
      out.writeInt(names.size());
      for (String name : names) {
        out.writeUTF(name);
      }
      for (int i = 0; i < count; i++) {
        out.writeLong(times[i]);
        out.writeInt(assets[i]);
        out.writeByte(labels.of(names.get(assets[i]), times[i]).ordinal());
      }
    }
  }

  @Override
  public void close() throws IOException {
    features.close();
  }
}
