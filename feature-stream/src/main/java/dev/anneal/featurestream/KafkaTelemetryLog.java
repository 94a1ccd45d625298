package dev.anneal.featurestream;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.streams.StreamsConfig;
import org.jspecify.annotations.Nullable;

/// The log in Kafka, read by a consumer of its own that is in no group. It is made when it is first
/// needed.
final class KafkaTelemetryLog implements TelemetryLog {
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int FETCH_BYTES = 8 << 20;

  private final Map<String, Object> properties;
  private @Nullable KafkaConsumer<byte[], byte[]> consumer;

  /// @param streams properties of Kafka Streams, whose connection and group these are
  KafkaTelemetryLog(Properties streams) {
    var config = new StreamsConfig(streams);
    properties = new HashMap<>(config.getRestoreConsumerConfigs("feature-stream-replay"));
    // only to ask for the group's offsets: nothing is subscribed to and nothing committed
    properties.put(
        ConsumerConfig.GROUP_ID_CONFIG, config.getString(StreamsConfig.APPLICATION_ID_CONFIG));
    properties.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES);
    properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 10_000);
  }

  @Override
  public long beginning(TopicPartition partition) {
    return offset(consumer().beginningOffsets(List.of(partition)).get(partition));
  }

  @Override
  public long since(TopicPartition partition, long eventTimeMillis) {
    var found = consumer().offsetsForTimes(Map.of(partition, eventTimeMillis)).get(partition);
    return found != null
        ? found.offset()
        : offset(consumer().endOffsets(List.of(partition)).get(partition));
  }

  @Override
  public long committed(TopicPartition partition) {
    var committed = consumer().committed(Set.of(partition)).get(partition);
    return committed == null ? 0 : committed.offset();
  }

  private static long offset(@Nullable Long offset) {
    return offset == null ? 0 : offset;
  }

  @Override
  public void replay(TopicPartition partition, long from, long to, Visitor visitor) {
    if (from >= to) {
      return;
    }
    var reader = consumer();
    reader.assign(List.of(partition));
    reader.seek(partition, from);
    long silentSince = System.nanoTime();
    long at = from;
    while (at < to) {
      for (var message : reader.poll(POLL).records(partition)) {
        if (message.offset() < to) {
          visitor.visit(message.offset(), message.value());
        }
      }
      long now = System.nanoTime();
      silentSince = reader.position(partition) > at ? now : silentSince;
      if (now - silentSince > PATIENCE.toNanos()) {
        throw new TimeoutException(
            "%s gave nothing from offset %d for %s".formatted(partition, at, PATIENCE));
      }
      at = reader.position(partition);
    }
    reader.unsubscribe();
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    var open = consumer;
    if (open == null) {
      open =
          new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
      consumer = open;
    }
    return open;
  }

  @Override
  public void close() {
    if (consumer != null) {
      consumer.close();
      consumer = null;
    }
  }
}
