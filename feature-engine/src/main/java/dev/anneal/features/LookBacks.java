package dev.anneal.features;

/// Where lags and windows by time of one asset look: for every distance back the newest row at or
/// before that time. Goes on with the rows, and looks anew where they do not.
final class LookBacks {
  private final long[] micros;
  private final long[] before;
  private long time = Long.MAX_VALUE;
  private int insertions;

  /// @param micros distances back
  LookBacks(long[] micros) {
    this.micros = micros;
    this.before = new long[micros.length];
  }

  void moveTo(RowRing ring, long row) {
    long now = ring.time(row);
    boolean isOnward = now >= time && insertions == ring.insertions();
    for (int i = 0; i < micros.length; i++) {
      long bound = now - micros[i];
      if (isOnward) {
        long at = Math.max(before[i], ring.first() - 1);
        while (ring.time(at + 1) <= bound) { // ends at the row itself
          at++;
        }
        before[i] = at;
      } else {
        before[i] = ring.firstAfter(bound) - 1;
      }
    }
    time = now;
    insertions = ring.insertions();
  }

  /// Sequence number of the newest row at or before the time; one less than the oldest held where
  /// there is none.
  long before(int lookBack) {
    return before[lookBack];
  }
}
