package dev.anneal.trainer.xgboost;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// The rows of a training, ordered by event time and then asset, whatever order they were written
/// in. Features stay in the mapped file.
final class Dataset implements AutoCloseable {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment features;
  private final int width;
  private final int[] order;
  private final long[] times;
  private final int[] assets;
  private final byte[] labels;
  private final List<String> assetNames;

  private Dataset(MemorySegmentSource source, Path directory) throws IOException {
    try (var in =
        new DataInputStream(
            new BufferedInputStream(
                Files.newInputStream(directory.resolve(DatasetWriter.ROWS_FILE))))) {
      this.width = in.readInt();
      int count = in.readInt();
      var names = new String[in.readInt()];
      for (int i = 0; i < names.length; i++) {
        names[i] = in.readUTF();
      }
      this.times = new long[count];
      this.assets = new int[count];
      this.labels = new byte[count];
      // ranks, so that the order of first sight does not matter
      int[] ranks = ranks(names);
      for (int i = 0; i < count; i++) {
        times[i] = in.readLong();
        assets[i] = ranks[in.readInt()];
        labels[i] = in.readByte();
      }
      this.assetNames = Stream.of(names).sorted().toList();
      this.order = order(times, assets);
    }
    this.features = source.map(arena);
    long expected = (long) times.length * width * Float.BYTES;
    if (features.byteSize() != expected) {
      throw new IOException(
          "expected %d bytes of features, found %d".formatted(expected, features.byteSize()));
    }
  }

  private interface MemorySegmentSource {
    MemorySegment map(Arena arena) throws IOException;
  }

  static Dataset open(Path directory) throws IOException {
    return new Dataset(
        arena -> {
          try (var channel = FileChannel.open(directory.resolve(DatasetWriter.FEATURES_FILE))) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
          }
        },
        directory);
  }

  private static int[] ranks(String[] names) {
    var sorted = names.clone();
    Arrays.sort(sorted);
    return Stream.of(names).mapToInt(n -> Arrays.binarySearch(sorted, n)).toArray();
  }

  private static int[] order(long[] times, int[] assets) {
    return IntStream.range(0, times.length)
        .boxed()
        .sorted(Comparator.<Integer>comparingLong(i -> times[i]).thenComparingInt(i -> assets[i]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  int width() {
    return width;
  }

  int count() {
    return order.length;
  }

  long eventTimeMicros(int row) {
    return times[order[row]];
  }

  int asset(int row) {
    return assets[order[row]];
  }

  String assetName(int row) {
    return assetNames.get(asset(row));
  }

  Label label(int row) {
    return Label.of(labels[order[row]]);
  }

  float value(int row, int column) {
    return features.get(FLOAT, ((long) order[row] * width + column) * Float.BYTES);
  }

  /// Rows that pass, in order.
  int[] rows(IntPredicate filter) {
    return IntStream.range(0, count()).filter(filter).toArray();
  }

  /// The features of these rows, row-major.
  float[] features(int[] rows) {
    var values = new float[Math.multiplyExact(rows.length, width)];
    for (int i = 0; i < rows.length; i++) {
      long from = (long) order[rows[i]] * width * Float.BYTES;
      MemorySegment.copy(features, FLOAT, from, values, i * width, width);
    }
    return values;
  }

  /// 1 for a failure within the horizon.
  float[] labels(int[] rows) {
    var values = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      values[i] = isPositive(rows[i]) ? 1 : 0;
    }
    return values;
  }

  boolean isPositive(int row) {
    return label(row) == Label.POSITIVE || label(row) == Label.EARLY_POSITIVE;
  }

  /// SHA-256 over the rows in order: time, label, features, asset.
  String digest() {
    try {
      var sha = MessageDigest.getInstance("SHA-256");
      var buffer = ByteBuffer.allocate(Long.BYTES + 1 + width * Float.BYTES);
      for (int row = 0; row < count(); row++) {
        buffer.clear().putLong(eventTimeMicros(row)).put((byte) label(row).ordinal());
        for (int column = 0; column < width; column++) {
          buffer.putFloat(value(row, column));
        }
        sha.update(assetName(row).getBytes(StandardCharsets.UTF_8));
        sha.update(buffer.array());
      }
      return HexFormat.of().formatHex(sha.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
