package dev.anneal.stage;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/// The newest records of a topic, read once.
final class TopicTail {
  private static final Duration WAIT = Duration.ofSeconds(5);
  private static final Duration POLL = Duration.ofMillis(500);

  /// Polls without a record after which the broker is taken for gone.
  private static final int MOST_EMPTY_POLLS = 10;

  private TopicTail() {}

  /// @param most records of each partition
  /// @param handler gets the records of each partition in their order
  /// @throws TimeoutException when Kafka does not answer
  static void read(
      Consumer<String, byte[]> consumer,
      String topic,
      int most,
      java.util.function.Consumer<ConsumerRecord<String, byte[]>> handler) {
    Collection<TopicPartition> partitions =
        consumer.partitionsFor(topic, WAIT).stream()
            .map(p -> new TopicPartition(topic, p.partition()))
            .toList();
    Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions, WAIT);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, WAIT);
    consumer.assign(partitions);
    ends.forEach(
        (partition, end) ->
            consumer.seek(partition, Math.max(begins.getOrDefault(partition, 0L), end - most)));
    int empty = 0;
    while (ends.entrySet().stream()
        .anyMatch(e -> consumer.position(e.getKey(), WAIT) < e.getValue())) {
      var records = consumer.poll(POLL);
      empty = records.isEmpty() ? empty + 1 : 0;
      if (empty == MOST_EMPTY_POLLS) {
        throw new TimeoutException("%s could not be read within %s".formatted(topic, WAIT));
      }
      records.forEach(handler);
    }
  }
}
