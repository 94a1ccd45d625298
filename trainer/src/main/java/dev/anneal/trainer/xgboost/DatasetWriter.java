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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Writes the rows of a training as they come: features straight to `features.bin` (float32, little
/// endian, row-major), the rest kept until the labels are known and written as `rows.bin`. When it
/// is full, newer rows take the places of the oldest. For one thread.
public final class DatasetWriter implements AutoCloseable {
  static final String FEATURES_FILE = "features.bin";
  static final String ROWS_FILE = "rows.bin";
  private static final int BUFFER_BYTES = 1 << 20;
  private static final int FIRST_ROWS = 1024;
  private static final int MOST_ROWS = 1 << 30;

  private final Path directory;
  private final int width;
  private final int capacity;
  private final FileChannel features;
  private final ByteBuffer buffer;
  private final Map<String, Integer> assetIndices = new HashMap<>();
  private final List<String> names = new ArrayList<>();
  private int[] assets;
  private long[] times;
  private int count;
  private long leftOut;
  private @Nullable OldestRows oldest; // once full

  /// Decides a row's label once everything has been read.
  public interface Labels {
    Label of(String asset, long eventTimeMicros);
  }

  /// @param maxBytes of features; of more rows than fit, the newest are kept
  /// @throws TrainingFailure `dataset-too-large` when not even one row fits
  public DatasetWriter(Path directory, int width, long maxBytes) throws IOException {
    this.directory = directory;
    this.width = width;
    this.capacity = capacity(width, maxBytes);
    this.assets = new int[Math.min(capacity, FIRST_ROWS)];
    this.times = new long[assets.length];
    this.features =
        FileChannel.open(
            directory.resolve(FEATURES_FILE),
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
    this.buffer =
        ByteBuffer.allocateDirect(Math.max(BUFFER_BYTES, width * Float.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int capacity(int width, long maxBytes) {
    long rows = maxBytes / ((long) width * Float.BYTES);
    if (rows < 1) {
      throw new TrainingFailure(
          "dataset-too-large",
          "a row of %d features needs more than %d bytes; use fewer features, or raise anneal.trainer.dataset"
              .formatted(width, maxBytes));
    }
    return (int) Math.min(rows, MOST_ROWS);
  }

  public int count() {
    return count;
  }

  /// Rows that found no room, or lost it to newer ones.
  public long leftOut() {
    return leftOut;
  }

  /// @param row copied
  public void add(String asset, long eventTimeMicros, float[] row) throws IOException {
    if (count == capacity) {
      addToFull(asset, eventTimeMicros, row);
      return;
    }
    if (count == times.length) {
      int length = (int) Math.min(capacity, count * 2L);
      times = Arrays.copyOf(times, length);
      assets = Arrays.copyOf(assets, length);
    }
    times[count] = eventTimeMicros;
    assets[count++] = index(asset);
    if (buffer.remaining() < width * Float.BYTES) {
      flush();
    }
    put(row);
  }

  /// The rows kept do not depend on the order they come in, so that every attempt makes the same
  /// dataset.
  private void addToFull(String asset, long eventTimeMicros, float[] row) throws IOException {
    if (oldest == null) {
      flush();
      oldest = new OldestRows(count, this::isOlder);
    }
    leftOut++;
    int place = oldest.oldest();
    if (isOlder(times[place], names.get(assets[place]), eventTimeMicros, asset)) {
      times[place] = eventTimeMicros;
      assets[place] = index(asset);
      put(row);
      buffer.flip();
      long position = (long) place * width * Float.BYTES;
      while (buffer.hasRemaining()) {
        position += features.write(buffer, position);
      }
      buffer.clear();
      oldest.oldestBecameNewer();
    }
  }

  private boolean isOlder(int row, int other) {
    return isOlder(times[row], names.get(assets[row]), times[other], names.get(assets[other]));
  }

  private static boolean isOlder(long time, String asset, long otherTime, String otherAsset) {
    return time < otherTime || (time == otherTime && asset.compareTo(otherAsset) < 0);
  }

  private int index(String asset) {
    Integer known = assetIndices.putIfAbsent(asset, names.size());
    if (known != null) {
      return known;
    }
    names.add(asset);
    return names.size() - 1;
  }

  private void put(float[] row) {
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
    Path file = directory.resolve(ROWS_FILE);
    try (var out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), BUFFER_BYTES))) {
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
