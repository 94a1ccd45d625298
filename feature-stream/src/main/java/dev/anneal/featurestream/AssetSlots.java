package dev.anneal.featurestream;

import dev.anneal.features.Acceptance;
import dev.anneal.features.AssetFeatures;
import dev.anneal.policy.EventTime;
import java.util.ArrayDeque;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// Which slot of the [RowStore] holds which row of one asset. A slot is free again when no feature
/// looks at its row any more; rows that are still in a slot then are harmless, as older ones than
/// those held.
final class AssetSlots {
  private record Held(long eventTimeMicros, long lsn, int slot) {}

  private final int historyRows;
  private final long historyMicros;
  private final ArrayDeque<Held> held = new ArrayDeque<>();
  private final ArrayDeque<Integer> free = new ArrayDeque<>();
  private int slots;
  private @Nullable Long toldLsn;

  /// @param historyRows of the newest rows that features look at whatever their age
  /// @param historySeconds that features look back
  AssetSlots(int historyRows, long historySeconds) {
    this.historyRows = historyRows;
    this.historyMicros = historySeconds * EventTime.SECOND_MICROS;
  }

  /// As [AssetFeatures#add] decides.
  ///
  /// @param isSame whether the row in a slot has the same content
  Acceptance judge(long eventTimeMicros, long lsn, IntPredicate isSame) {
    if (held.isEmpty() || eventTimeMicros > held.getLast().eventTimeMicros()) {
      return Acceptance.ACCEPTED;
    }
    for (var newest = held.descendingIterator(); newest.hasNext(); ) {
      var row = newest.next();
      if (row.eventTimeMicros() == eventTimeMicros) {
        return Acceptance.atTimeOfHeld(isSame.test(row.slot()), lsn, row.lsn());
      }
      if (row.eventTimeMicros() < eventTimeMicros) {
        break;
      }
    }
    return Acceptance.older(isBeforeHeld(eventTimeMicros), lsn, held.getLast().lsn());
  }

  private boolean isBeforeHeld(long eventTimeMicros) {
    return eventTimeMicros < held.getFirst().eventTimeMicros();
  }

  /// Whether a late row is one more of a snapshot that had one older than all rows held: a source
  /// that is read again from its beginning has many of them.
  boolean isTold(long eventTimeMicros, long lsn) {
    if (!isBeforeHeld(eventTimeMicros)) {
      return false;
    }
    boolean told = toldLsn != null && toldLsn == lsn;
    toldLsn = lsn;
    return told;
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
    held.addLast(new Held(eventTimeMicros, lsn, slot));
    while (held.size() > AssetFeatures.MAX_ROWS
        || (held.size() > historyRows && isUnneeded(eventTimeMicros))) {
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
