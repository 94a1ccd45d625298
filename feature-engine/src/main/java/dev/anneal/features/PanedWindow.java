package dev.anneal.features;

/// One long window of one asset, as sums of panes: the front pane's rows that the window still
/// covers, the panes after it as a whole, and the pane that is being filled. What a row costs does
/// not depend on the window's length. Each part is summed up from its own rows in one order, and
/// the parts are joined in one order, so the bits depend on the window's rows alone:
///
/// - the front: from the end of its pane back to the window's oldest row, kept for each row
/// - the middle: every pane from its beginning on, joined from the oldest on
/// - the tail: from its beginning on
///
/// A window within one pane is summed up from its oldest row on. [PaneRule] says where panes begin.
final class PanedWindow {
  private static final int INITIAL_PANES = 8;

  private final SummaryFamilies families;
  private final PaneRule rule;
  private final int stride;

  private long next; // the row to be appended next
  private long tailStart;
  private final double[] tail;
  private final double[] middle;
  private boolean hasMiddle;
  private long[] starts = new long[INITIAL_PANES]; // of panes before the tail, a ring
  private double[] panes;
  private int head;
  private int count;
  private long suffixEnd = -1; // end of the pane that has its suffixes here
  private double[] suffixes = {};
  private int insertions;

  PanedWindow(SummaryFamilies families, PaneRule rule) {
    this.families = families;
    this.rule = rule;
    this.stride = families.cells();
    this.tail = new double[stride];
    this.middle = new double[stride];
    this.panes = new double[INITIAL_PANES * stride];
  }

  /// Sums up rows `oldest` to `newest`.
  ///
  /// @param result gets the cells
  void sum(RowRing ring, long oldest, long newest, double[] result) {
    if (insertions != ring.insertions()
        || newest < next - 1
        || next <= oldest
        || oldest < (count == 0 ? tailStart : start(0))) {
      restart(ring, oldest);
    }
    for (; next <= newest; next++) {
      if (next > tailStart && rule.begins(ring.time(next), ring.time(next - 1))) {
        seal();
      }
      families.append(tail, 0, ring.values(), ring.offset(next), ring.time(next));
    }
    leaveBehind(oldest);
    if (count == 0) {
      sumOnePane(ring, oldest, newest, result);
      return;
    }
    long end = endOfFront();
    if (suffixEnd != end) {
      sumSuffixes(ring, oldest, end);
    }
    System.arraycopy(suffixes, (int) (end - 1 - oldest) * stride, result, 0, stride);
    if (hasMiddle) {
      families.join(result, 0, middle, 0);
    }
    families.join(result, 0, tail, 0);
  }

  private void restart(RowRing ring, long oldest) {
    insertions = ring.insertions();
    next = oldest;
    tailStart = oldest;
    families.clear(tail, 0);
    hasMiddle = false;
    head = 0;
    count = 0;
    suffixEnd = -1;
  }

  private long start(int pane) {
    return starts[slot(pane)];
  }

  private int slot(int pane) {
    int slot = head + pane;
    return slot < starts.length ? slot : slot - starts.length;
  }

  private long endOfFront() {
    return count > 1 ? start(1) : tailStart;
  }

  private void seal() {
    if (count == starts.length) {
      grow();
    }
    int slot = slot(count);
    starts[slot] = tailStart;
    System.arraycopy(tail, 0, panes, slot * stride, stride);
    if (count > 0) {
      joinToMiddle(slot);
    }
    count++;
    tailStart = next;
    families.clear(tail, 0);
  }

  private void joinToMiddle(int slot) {
    if (hasMiddle) {
      families.join(middle, 0, panes, slot * stride);
    } else {
      System.arraycopy(panes, slot * stride, middle, 0, stride);
      hasMiddle = true;
    }
  }

  private void grow() {
    int more = starts.length + INITIAL_PANES;
    var moreStarts = new long[more];
    var morePanes = new double[more * stride];
    for (int pane = 0; pane < count; pane++) {
      moreStarts[pane] = start(pane);
      System.arraycopy(panes, slot(pane) * stride, morePanes, pane * stride, stride);
    }
    starts = moreStarts;
    panes = morePanes;
    head = 0;
  }

  private void leaveBehind(long oldest) {
    int left = 0;
    while (count > 0 && endOfFront() <= oldest) {
      head = slot(1);
      count--;
      left++;
    }
    if (left > 0) {
      hasMiddle = false;
      for (int pane = 1; pane < count; pane++) {
        joinToMiddle(slot(pane));
      }
    }
  }

  private void sumOnePane(RowRing ring, long oldest, long newest, double[] result) {
    if (oldest == tailStart) {
      System.arraycopy(tail, 0, result, 0, stride);
      return;
    }
    families.clear(result, 0);
    for (long row = oldest; row <= newest; row++) {
      families.append(result, 0, ring.values(), ring.offset(row), ring.time(row));
    }
  }

  private void sumSuffixes(RowRing ring, long oldest, long end) {
    int rows = (int) (end - oldest);
    if (suffixes.length < rows * stride) {
      suffixes = new double[Math.max(rows, suffixes.length / stride * 5 / 4) * stride];
    }
    families.clear(suffixes, 0);
    for (int i = 0; i < rows; i++) {
      if (i > 0) {
        System.arraycopy(suffixes, (i - 1) * stride, suffixes, i * stride, stride);
      }
      long row = end - 1 - i;
      families.prepend(suffixes, i * stride, ring.values(), ring.offset(row), ring.time(row));
    }
    suffixEnd = end;
  }

  /// Heap bytes of the arrays.
  long memoryBytes() {
    long cells = tail.length + middle.length + panes.length + suffixes.length;
    return cells * Double.BYTES + (long) starts.length * Long.BYTES;
  }
}
