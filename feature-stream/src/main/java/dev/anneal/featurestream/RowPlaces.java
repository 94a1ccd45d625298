package dev.anneal.featurestream;

import java.util.Arrays;

/// Event times of the rows that are held of one asset, and where in the log they are; by event
/// time, oldest first.
final class RowPlaces {
  private long[] times = new long[16];
  private long[] offsets = new long[16];
  private int head;
  private int size;

  void add(long eventTimeMicros, long offset) {
    if (size == times.length) {
      grow();
    }
    int at = size++;
    for (; at > 0 && times[slot(at - 1)] > eventTimeMicros; at--) { // overtaken by newer rows
      times[slot(at)] = times[slot(at - 1)];
      offsets[slot(at)] = offsets[slot(at - 1)];
    }
    times[slot(at)] = eventTimeMicros;
    offsets[slot(at)] = offset;
  }

  private int slot(int index) {
    return (head + index) & (times.length - 1); // the length is a power of two
  }

  private void grow() {
    var moreTimes = Arrays.copyOf(times, size * 2);
    var moreOffsets = Arrays.copyOf(offsets, size * 2);
    for (int i = 0; i < size; i++) {
      moreTimes[i] = times[slot(i)];
      moreOffsets[i] = offsets[slot(i)];
    }
    times = moreTimes;
    offsets = moreOffsets;
    head = 0;
  }

  /// @return whether there was a row to drop
  boolean dropBefore(long eventTimeMicros) {
    int before = size;
    while (size > 0 && times[head] < eventTimeMicros) {
      head = slot(1);
      size--;
    }
    return size < before;
  }

  boolean isEmpty() {
    return size == 0;
  }

  long oldestMicros() {
    return times[head];
  }

  long newestMicros() {
    return times[slot(size - 1)];
  }

  boolean holds(long eventTimeMicros) {
    int low = firstFrom(eventTimeMicros);
    return low < size && times[slot(low)] == eventTimeMicros;
  }

  boolean holds(long eventTimeMicros, long offset) {
    int low = firstFrom(eventTimeMicros);
    return low < size && times[slot(low)] == eventTimeMicros && offsets[slot(low)] == offset;
  }

  private int firstFrom(long eventTimeMicros) {
    int low = 0;
    for (int high = size; low < high; ) {
      int middle = (low + high) >>> 1;
      if (times[slot(middle)] < eventTimeMicros) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// The part of the log where rows are that are held, of those from offset `from` on and before
  /// `to`; widens `range`.
  void cover(LogRange range, long from, long to) {
    for (int i = 0; i < size; i++) {
      long offset = offsets[slot(i)];
      if (offset >= from && offset < to) {
        range.cover(offset);
      }
    }
  }
}
