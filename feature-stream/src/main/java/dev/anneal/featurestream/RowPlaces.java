package dev.anneal.featurestream;

/// Event times of the rows that are held of one asset, and where in the log they are; by event
/// time, oldest first.
final class RowPlaces {
  private long[] places = new long[2 * 16]; // of each row its time and its offset
  private int head;
  private int size;

  /// Whether one more needs more room.
  boolean isFull() {
    return 2 * size == places.length;
  }

  void add(long eventTimeMicros, long offset) {
    if (isFull()) {
      grow();
    }
    int at = size++;
    for (; at > 0 && time(at - 1) > eventTimeMicros; at--) { // overtaken by newer rows
      put(at, time(at - 1), offset(at - 1));
    }
    put(at, eventTimeMicros, offset);
  }

  private void put(int index, long eventTimeMicros, long offset) {
    int slot = slot(index);
    places[slot] = eventTimeMicros;
    places[slot + 1] = offset;
  }

  private long time(int index) {
    return places[slot(index)];
  }

  private long offset(int index) {
    return places[slot(index) + 1];
  }

  private int slot(int index) {
    return 2 * (head + index) & (places.length - 1); // the length is a power of two
  }

  private void grow() {
    var more = new long[2 * places.length];
    for (int i = 0; i < size; i++) {
      more[2 * i] = time(i);
      more[2 * i + 1] = offset(i);
    }
    places = more;
    head = 0;
  }

  /// @return whether there was a row to drop
  boolean dropBefore(long eventTimeMicros) {
    int before = size;
    while (size > 0 && time(0) < eventTimeMicros) {
      head++;
      size--;
    }
    return size < before;
  }

  boolean isEmpty() {
    return size == 0;
  }

  long oldestMicros() {
    return time(0);
  }

  long newestMicros() {
    return time(size - 1);
  }

  boolean holds(long eventTimeMicros) {
    int low = firstFrom(eventTimeMicros);
    return low < size && time(low) == eventTimeMicros;
  }

  boolean holds(long eventTimeMicros, long offset) {
    int low = firstFrom(eventTimeMicros);
    return low < size && time(low) == eventTimeMicros && offset(low) == offset;
  }

  private int firstFrom(long eventTimeMicros) {
    int low = 0;
    for (int high = size; low < high; ) {
      int middle = (low + high) >>> 1;
      if (time(middle) < eventTimeMicros) {
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
      long offset = offset(i);
      if (offset >= from && offset < to) {
        range.cover(offset);
      }
    }
  }
}
