package dev.anneal.stage;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/// The newest records of a topic, read once.
final class TopicTail {
  private static final Duration WAIT = Duration.ofSeconds(5);
  private static final Duration POLL = Duration.ofMillis(500);

  /// Records of a partition that are read at a time.
  private static final int STEP = 1_000;

  /// Polls without a record after which the broker is taken for gone.
  private static final int MOST_EMPTY_POLLS = 10;

  private TopicTail() {}

  /// Reads back from the end of each partition, in steps, until enough is found.
  ///
  /// @param most that are wanted, of each partition
  /// @param lookedAt records of each partition that are read at most, in whole steps
  /// @param wanted gets every record that is read, those of a step in their order, and says whether
  ///     it is one
  /// @return false where a partition has more records, and not enough were found in those read, of
  ///     which there are fewer where reading takes longer than [#WAIT]
  /// @throws TimeoutException when Kafka does not answer
  static boolean read(
      Consumer<String, byte[]> consumer,
      String topic,
      int most,
      int lookedAt,
      Predicate<ConsumerRecord<String, byte[]>> wanted) {
    Collection<TopicPartition> partitions =
        consumer.partitionsFor(topic, WAIT).stream()
            .map(p -> new TopicPartition(topic, p.partition()))
            .toList();
    Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions, WAIT);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, WAIT);
    boolean complete = true;
    long start = System.nanoTime();
    for (TopicPartition partition : partitions) {
      long begin = begins.getOrDefault(partition, 0L);
      long from = ends.getOrDefault(partition, 0L);
      long last = Math.max(begin, from - lookedAt);
      int found = 0;
      while (found < most && from > last && System.nanoTime() - start < WAIT.toNanos()) {
        long to = from;
        from = Math.max(begin, to - Math.max(most, STEP));
        found += read(consumer, partition, from, to, wanted);
      }
      complete &= found >= most || from == begin;
    }
    return complete;
  }

  /// @return how many are wanted
  private static int read(
      Consumer<String, byte[]> consumer,
      TopicPartition partition,
      long from,
      long to,
      Predicate<ConsumerRecord<String, byte[]>> wanted) {
    consumer.assign(List.of(partition));
    consumer.seek(partition, from);
    int found = 0;
    int empty = 0;
    while (consumer.position(partition, WAIT) < to) {
      var records = consumer.poll(POLL);
      empty = records.isEmpty() ? empty + 1 : 0;
      if (empty == MOST_EMPTY_POLLS) {
        throw new TimeoutException(
            "%s could not be read within %s".formatted(partition.topic(), WAIT));
      }
      for (var record : records) {
        if (record.offset() < to && wanted.test(record)) {
          found++;
        }
      }
    }
    return found;
  }
}
