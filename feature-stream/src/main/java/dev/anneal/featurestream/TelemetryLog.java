package dev.anneal.featurestream;

import org.apache.kafka.common.TopicPartition;

/// The telemetry log beside the stream that is being processed: what was processed before, to read
/// again. For one thread.
interface TelemetryLog extends AutoCloseable {
  /// Hears of records one after the other, in the order of the log.
  interface Visitor {
    /// @param value null where the record has none
    void visit(long offset, byte[] value);
  }

  /// Offset of the oldest record that is still there.
  long beginning(TopicPartition partition);

  /// Offset of the first record that is not older than this event time; the log's end where all
  /// are.
  long since(TopicPartition partition, long eventTimeMillis);

  /// The offset that the stream would go on from after a crash now; 0 when it never committed.
  long committed(TopicPartition partition);

  /// Reads the records from offset `from` on and before offset `to`, which must exist.
  void replay(TopicPartition partition, long from, long to, Visitor visitor);

  @Override
  void close();
}
