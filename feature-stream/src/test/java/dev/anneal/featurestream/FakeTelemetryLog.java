package dev.anneal.featurestream;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/// A telemetry log in memory, of one partition: offsets count its records.
final class FakeTelemetryLog implements TelemetryLog {
  private final List<byte[]> records = new ArrayList<>();
  private final Map<Long, Long> times = new HashMap<>();
  private long beginning;
  private long committed;
  private long replayed;

  /// @return the record's offset
  long append(byte[] value, long eventTimeMillis) {
    times.put((long) records.size(), eventTimeMillis);
    records.add(value);
    return records.size() - 1;
  }

  long end() {
    return records.size();
  }

  byte[] at(long offset) {
    return records.get((int) offset);
  }

  /// The stream has processed all before this offset, and committed that.
  void commit(long offset) {
    committed = offset;
  }

  void deleteBefore(long offset) {
    beginning = offset;
  }

  /// Records that were read again.
  long replayed() {
    return replayed;
  }

  @Override
  public long beginning(TopicPartition partition) {
    return beginning;
  }

  @Override
  public long since(TopicPartition partition, long eventTimeMillis) {
    for (long offset = beginning; offset < records.size(); offset++) {
      if (times.getOrDefault(offset, 0L) >= eventTimeMillis) {
        return offset;
      }
    }
    return records.size();
  }

  @Override
  public long committed(TopicPartition partition) {
    return committed;
  }

  @Override
  public void replay(TopicPartition partition, long from, long to, Visitor visitor) {
    for (long offset = Math.max(beginning, from); offset < to; offset++) {
      replayed++;
      visitor.visit(offset, records.get((int) offset));
    }
  }

  @Override
  public void close() {}
}
