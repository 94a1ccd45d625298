package dev.anneal.featurestream;

import dev.anneal.features.FeatureSpecification;
import dev.anneal.featurestream.RowStore.Block;
import dev.anneal.featurestream.RowStore.Start;
import dev.anneal.policy.EventTime;
import java.util.List;
import org.apache.kafka.common.TopicPartition;

/// Makes the state of one organization's partition anew from the telemetry log: after a start, a
/// rebalance, a lost transaction, and when a definition changed. See decision 005.
final class Rebuild {
  /// Most rows of any rebuild, also where features look back further: half a minute.
  static final int DEEPEST_ROWS = 20_000_000;

  /// Most rows in which older ones of assets are looked for that have few.
  static final int SEARCHED_ROWS = 2_000_000;

  /// Makes the state before its first row, with the counts as they are stored.
  interface States {
    OrganizationState empty(Start start);
  }

  /// Hears of rows that are in the log no more.
  interface Losses {
    /// @param from first offset of those
    /// @param to first offset that is there
    void lost(long from, long to);
  }

  private final String organization;
  private final TopicPartition partition;
  private final TelemetryLog log;
  private final RowStore store;
  private final History history;
  private long rows;

  Rebuild(
      String organization,
      TopicPartition partition,
      TelemetryLog log,
      RowStore store,
      List<FeatureSpecification> specifications) {
    this.organization = organization;
    this.partition = partition;
    this.log = log;
    this.store = store;
    this.history = History.of(specifications);
  }

  /// The state after all rows before `offset`.
  OrganizationState to(long offset, States states, Losses losses) {
    long beginning = offset == 0 ? 0 : Math.min(offset, log.beginning(partition));
    long deepest = Math.max(beginning, offset - DEEPEST_ROWS);
    var known = store.start(organization);
    if (known != null && known.offset() < beginning) {
      losses.lost(known.offset(), beginning);
    }
    long from = known == null ? deepest : Math.max(beginning, known.offset());
    var state = replay(from, offset, states);
    if (known != null && !known.history().covers(history) && from > deepest) {
      from = Math.clamp(since(state.features().newestMicros()), deepest, from);
      state = replay(from, offset, states);
      while (state.features().lacksHistory() && from > Math.max(deepest, offset - SEARCHED_ROWS)) {
        from = Math.max(deepest, Math.min(from - 1, offset - 2 * (offset - from)));
        state = replay(from, offset, states);
      }
    }
    if (known == null || !known.equals(new Start(from, history))) {
      store.putStart(organization, new Start(from, history));
    }
    return state;
  }

  /// Where the rows begin that features of the newest ones look back to.
  private long since(long newestMicros) {
    return newestMicros == Long.MIN_VALUE
        ? Long.MAX_VALUE
        : log.since(
            partition,
            Math.max(0, newestMicros - history.seconds() * EventTime.SECOND_MICROS) / 1_000);
  }

  private OrganizationState replay(long from, long to, States states) {
    var state = states.empty(new Start(from, history));
    store.forEachBlock(organization, (key, block) -> restore(state, key, block, from));
    log.replay(partition, from, to, state::replay);
    rows += to - from;
    return state;
  }

  /// How many rows were read.
  long rows() {
    return rows;
  }

  private static void restore(OrganizationState state, String key, byte[] block, long before) {
    long newestMicros = Long.MIN_VALUE;
    for (var row : RowStore.rows(block)) {
      if (row.offset() < before) {
        state.replay(row.offset(), row.bytes());
      }
      newestMicros = Math.max(newestMicros, state.features().read(row.bytes()).eventTimeMicros());
    }
    state.features().asset().stored.add(new Block(key, newestMicros));
  }
}
