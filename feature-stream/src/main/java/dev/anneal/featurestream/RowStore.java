package dev.anneal.featurestream;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.BiConsumer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// What the telemetry log alone does not say about the features of a partition: where a replay
/// begins, and the rows before that some feature still looks at. One store for both, so that its
/// changelog keeps their order: rows are in it before the replay begins after them.
///
/// Rows lie in blocks of one asset, as they came, each with its offset.
final class RowStore {
  static final String NAME = "outlived-rows";

  /// Where to begin, and what the rows that are stored were enough for.
  record Start(long offset, History history) {}

  /// @param newestMicros event time of its newest row
  record Block(String key, long newestMicros) {}

  /// @param bytes as they came
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record StoredRow(long offset, byte[] bytes) {}

  // far below the largest record that a broker takes, and some hundred rows, so that one key is
  // little beside them
  private static final int BLOCK_BYTES = 64 << 10;

  private static final HexFormat HEX = HexFormat.of();
  private static final int ROW_HEADER = Long.BYTES + Integer.BYTES;

  private final KeyValueStore<String, byte[]> store;

  RowStore(KeyValueStore<String, byte[]> store) {
    this.store = store;
  }

  @Nullable Start start(String organization) {
    byte[] bytes = store.get(organization);
    if (bytes == null) {
      return null;
    }
    var buffer = ByteBuffer.wrap(bytes);
    return new Start(buffer.getLong(), new History(buffer.getInt(), buffer.getLong()));
  }

  void putStart(String organization, Start start) {
    var buffer = ByteBuffer.allocate(2 * Long.BYTES + Integer.BYTES);
    buffer.putLong(start.offset());
    buffer.putInt(start.history().rows()).putLong(start.history().seconds());
    store.put(organization, buffer.array());
  }

  Block put(String organization, byte[] asset, Draft draft) {
    String name = new String(asset, StandardCharsets.UTF_8);
    String key = organization + "/" + HEX.toHexDigits(draft.firstOffset) + "/" + name;
    store.put(key, draft.rows.toByteArray());
    return new Block(key, draft.newestMicros);
  }

  void delete(Block block) {
    store.delete(block.key());
  }

  /// All blocks of an organization, in the order of their first offsets.
  void forEachBlock(String organization, BiConsumer<String, byte[]> reader) {
    try (var blocks = store.prefixScan(organization + "/", new StringSerializer())) {
      while (blocks.hasNext()) {
        var block = blocks.next();
        reader.accept(block.key, block.value);
      }
    }
  }

  /// The rows of a block, in the order of the log.
  static List<StoredRow> rows(byte[] block) {
    var rows = new ArrayList<StoredRow>();
    for (var buffer = ByteBuffer.wrap(block); buffer.hasRemaining(); ) {
      long offset = buffer.getLong();
      var bytes = new byte[buffer.getInt()];
      buffer.get(bytes);
      rows.add(new StoredRow(offset, bytes));
    }
    return rows;
  }

  /// A block that is being filled.
  static final class Draft {
    private final long firstOffset;
    private final ByteArrayOutputStream rows = new ByteArrayOutputStream();
    private long newestMicros = Long.MIN_VALUE;

    Draft(long firstOffset) {
      this.firstOffset = firstOffset;
    }

    void add(long offset, byte[] row, long eventTimeMicros) {
      var header = ByteBuffer.allocate(ROW_HEADER).putLong(offset).putInt(row.length);
      rows.writeBytes(header.array());
      rows.writeBytes(row);
      newestMicros = Math.max(newestMicros, eventTimeMicros);
    }

    boolean isFull() {
      return rows.size() >= BLOCK_BYTES;
    }
  }
}
