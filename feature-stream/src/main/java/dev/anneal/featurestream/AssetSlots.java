package dev.anneal.featurestream;

import dev.anneal.features.Acceptance;
import dev.anneal.features.AssetFeatures;
import java.util.ArrayDeque;

/// Which slot of the [RowStore] holds which row of one asset. A slot is free again when no feature looks at its row any
/// more; rows that are still in a slot then are harmless, as older ones than those held.
final class AssetSlots {
  private record Held(long eventTimeMicros, int slot) {}

  private final int historyRows;
  private final long historyMicros;
  private final ArrayDeque<Held> held = new ArrayDeque<>();
  private final ArrayDeque<Integer> free = new ArrayDeque<>();
  private int slots;
  private long newestLsn;

  /// @param historyRows of the newest rows that features look at whatever their age
  /// @param historySeconds that features look back
  AssetSlots(int historyRows, long historySeconds) {
    this.historyRows = historyRows;
    this.historyMicros = historySeconds * EventTime.SECOND_MICROS;
  }

  /// As [AssetFeatures#add] decides.
  Acceptance judge(long eventTimeMicros, long lsn) {
    if (held.isEmpty() || eventTimeMicros > held.getLast().eventTimeMicros()) {
      return Acceptance.ACCEPTED;
    }
    return lsn <= newestLsn ? Acceptance.DUPLICATE : Acceptance.LATE;
  }

  /// The slot for an accepted row.
  int take(long eventTimeMicros, long lsn) {
    int slot = free.isEmpty() ? slots++ : free.removeFirst();
    restore(eventTimeMicros, lsn, slot);
    return slot;
  }

  /// Takes note of a row that has a slot; in the order of event times.
  void restore(long eventTimeMicros, long lsn, int slot) {
    slots = Math.max(slots, slot + 1);
    held.addLast(new Held(eventTimeMicros, slot));
    newestLsn = lsn;
    while (held.size() > AssetFeatures.MAX_ROWS || (held.size() > historyRows && isUnneeded(eventTimeMicros))) {
      free.addLast(held.removeFirst().slot());
    }
  }

  private boolean isUnneeded(long newest) {
    var oldest = held.removeFirst();
    boolean unneeded = held.getFirst().eventTimeMicros() <= newest - historyMicros;
    held.addFirst(oldest);
    return unneeded;
  }
}
