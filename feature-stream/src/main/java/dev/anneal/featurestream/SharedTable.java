package dev.anneal.featurestream;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;

/// A compacted topic that every task sees whole, as bytes, with a count of its changes: tasks
/// decode what they need and look again when the count has moved. Written by one thread, read and
/// awaited by many.
final class SharedTable {
  private final String store;
  private final AtomicLong changes = new AtomicLong();

  SharedTable(String store) {
    this.store = store;
  }

  String store() {
    return store;
  }

  StoreBuilder<KeyValueStore<String, byte[]>> builder() {
    return StateStores.builder(store).withLoggingDisabled();
  }

  long changes() {
    return changes.get();
  }

  /// Waits until the count differs from `seen`, at most for `patience`.
  void awaitChange(long seen, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    synchronized (changes) {
      try {
        for (long left = Math.max(1, patience.toMillis()); changes.get() == seen && left > 0; ) {
          changes.wait(left);
          left = (deadline - System.nanoTime()) / 1_000_000;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// Keeps the newest record of each key.
  Processor<String, byte[], Void, Void> writer() {
    return new ContextualProcessor<>() {
      @Override
      public void process(Record<String, byte[]> record) {
        KeyValueStore<String, byte[]> table = context().getStateStore(store);
        if (record.value() == null) {
          table.delete(record.key());
        } else {
          table.put(record.key(), record.value());
        }
        synchronized (changes) {
          changes.incrementAndGet();
          changes.notifyAll();
        }
      }
    };
  }
}
