package dev.anneal.stage;

import java.util.NavigableMap;
import java.util.TreeMap;

/// Acknowledgments of one partition in the order of its records. Records may be done in any order,
/// by their handler or as dead letters; one is acknowledged when it and all before it are done. A
/// record that is delivered again takes the place of its first delivery. Safe for use by many
/// threads.
final class OrderedAcks {
  private static final class Pending {
    private final Runnable acknowledge;
    private boolean isDone;

    private Pending(Runnable acknowledge) {
      this.acknowledge = acknowledge;
    }
  }

  private final NavigableMap<Long, Pending> open = new TreeMap<>();

  /// A record is delivered.
  ///
  /// @param acknowledge acknowledges it and all before it
  synchronized void add(long offset, Runnable acknowledge) {
    open.put(offset, new Pending(acknowledge));
  }

  /// It need not come again.
  synchronized void done(long offset) {
    Pending record = open.get(offset);
    if (record != null) {
      record.isDone = true;
    }
    Pending last = null;
    while (!open.isEmpty() && open.firstEntry().getValue().isDone) {
      last = open.pollFirstEntry().getValue();
    }
    if (last != null) {
      last.acknowledge.run();
    }
  }
}
