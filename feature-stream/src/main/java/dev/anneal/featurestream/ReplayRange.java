package dev.anneal.featurestream;

import dev.anneal.featurestream.RowStore.Block;
import dev.anneal.featurestream.RowStore.Draft;
import dev.anneal.featurestream.RowStore.Start;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/// Where the replay of one organization's partition begins. It moves on with the stream, so that a
/// rebuild reads no more than [#REPLAY_ROWS] rows; rows before that some feature looks at are
/// stored once, usually none.
///
/// Every step is safe at any moment of a crash, in whatever guarantee: rows are stored first, and
/// the start moves only once the stream has committed the offset at which nothing before it was
/// looked at but what is stored.
final class ReplayRange {
  /// Most rows of a usual rebuild: about a second.
  static final int REPLAY_ROWS = 500_000;

  /// What is to be done when the stream has committed `at`.
  private record Move(long at, long start, List<Block> unneeded) {}

  private final String organization;
  private final TopicPartition partition;
  private final TelemetryLog log;
  private final RowStore store;
  private final History history;
  private final int rows;
  private long start;
  private long storedTo;
  private long nextMove;
  private @Nullable Move pending;

  /// @param start of the replay that was just made, and the history that features need
  /// @param rows most that a rebuild should read
  ReplayRange(
      String organization,
      TopicPartition partition,
      TelemetryLog log,
      RowStore store,
      Start start,
      int rows) {
    this.organization = organization;
    this.partition = partition;
    this.log = log;
    this.store = store;
    this.history = start.history();
    this.rows = rows;
    this.start = start.offset();
    this.storedTo = start.offset();
    this.nextMove = start.offset() + rows / 2;
  }

  /// @param offset of the partition's next record
  boolean isDue(long offset) {
    return offset >= nextMove;
  }

  /// @param offset of the partition's next record, which the features do not have
  void move(long offset, OrganizationFeatures features) {
    var decided = pending;
    if (decided != null && log.committed(partition) >= decided.at()) {
      start = decided.start();
      store.putStart(organization, new Start(start, history));
      decided.unneeded().forEach(store::delete);
      pending = null;
    }
    long next = offset - rows / 2;
    if (pending == null && next > storedTo) {
      storeOutliving(features, next);
      storedTo = next;
      pending = new Move(offset, next, unneeded(features));
    }
    nextMove = offset + rows / 4;
  }

  private void storeOutliving(OrganizationFeatures features, long to) {
    var outliving = new LogRange();
    features.forEachAsset(asset -> asset.places().cover(outliving, storedTo, to));
    if (outliving.isEmpty()) {
      return;
    }
    var drafts = new HashMap<Asset, Draft>();
    log.replay(
        partition,
        outliving.from(),
        outliving.to(),
        (offset, bytes) -> collect(features, drafts, offset, bytes));
    drafts.forEach(this::store);
  }

  private void collect(
      OrganizationFeatures features, Map<Asset, Draft> drafts, long offset, byte[] bytes) {
    if (bytes == null) {
      return;
    }
    long time;
    try {
      time = features.read(bytes).eventTimeMicros();
    } catch (SerializationException e) {
      return; // was rejected when it was processed
    }
    var asset = features.asset();
    if (asset.places().holds(time, offset)) {
      var draft = drafts.computeIfAbsent(asset, _ -> new Draft(offset));
      draft.add(offset, bytes, time);
      if (draft.isFull()) {
        store(asset, draft);
        drafts.remove(asset);
      }
    }
  }

  private void store(Asset asset, Draft draft) {
    asset.stored.add(store.put(organization, asset.name, draft));
  }

  /// Blocks of which no row is looked at any more.
  private static List<Block> unneeded(OrganizationFeatures features) {
    var unneeded = new ArrayList<Block>();
    features.forEachAsset(
        asset -> {
          if (!asset.stored.isEmpty()) {
            long oldest = asset.places().oldestMicros();
            asset.stored.stream().filter(b -> b.newestMicros() < oldest).forEach(unneeded::add);
            asset.stored.removeIf(block -> block.newestMicros() < oldest);
          }
        });
    return unneeded;
  }
}
