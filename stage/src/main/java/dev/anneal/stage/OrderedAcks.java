package dev.anneal.stage;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// Acknowledgments of one partition in the order of its records. Records may be done in any order;
/// one is acknowledged when it and all before it are done. Safe for use by many threads.
final class OrderedAcks {
  /// A record that was given to its handler.
  final class Pending {
    private final Runnable acknowledge;
    private boolean isDone;

    private Pending(Runnable acknowledge) {
      this.acknowledge = acknowledge;
    }

    /// It need not come again.
    void done() {
      complete(this);
    }

    /// It failed: it comes again, or somebody else reports it as done.
    void failed() {
      drop(this);
    }
  }

  private final Deque<Pending> open = new ArrayDeque<>();

  /// The next record.
  ///
  /// @param acknowledge acknowledges it and all before it
  synchronized Pending add(Runnable acknowledge) {
    var record = new Pending(acknowledge);
    open.add(record);
    return record;
  }

  private synchronized void complete(Pending record) {
    record.isDone = true;
    Pending last = null;
    for (Pending first = firstDone(); first != null; first = firstDone()) {
      last = first;
    }
    if (last != null) {
      last.acknowledge.run();
    }
  }

  private @Nullable Pending firstDone() {
    Pending first = open.peek();
    return first != null && first.isDone ? open.poll() : null;
  }

  private synchronized void drop(Pending record) {
    open.remove(record);
  }
}
