package dev.anneal.trainer.xgboost;

import java.util.Arrays;

/// The rows of a full dataset, the oldest at hand: a binary heap of row numbers.
final class OldestRows {
  /// Whether one row is older than another.
  interface Order {
    boolean isOlder(int row, int other);
  }

  private final int[] heap;
  private final Order order;

  OldestRows(int count, Order order) {
    this.heap = new int[count];
    this.order = order;
    Arrays.setAll(heap, row -> row);
    for (int at = count / 2 - 1; at >= 0; at--) {
      sink(at);
    }
  }

  int oldest() {
    return heap[0];
  }

  /// Says that the oldest row has become a newer one.
  void oldestBecameNewer() {
    sink(0);
  }

  private void sink(int start) {
    int at = start;
    int row = heap[at];
    while (at < heap.length / 2) {
      int child = 2 * at + 1;
      if (child + 1 < heap.length && order.isOlder(heap[child + 1], heap[child])) {
        child++;
      }
      if (!order.isOlder(heap[child], row)) {
        break;
      }
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = row;
  }
}
