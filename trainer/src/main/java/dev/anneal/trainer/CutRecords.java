package dev.anneal.trainer;

import dev.anneal.modelstore.ModelCard;
import dev.anneal.stage.DeadLetters;
import dev.anneal.trainer.xgboost.TrainingFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;

/// The committed records of some topics, from their beginnings to the ends that they have when this
/// is made. Those that cannot be used become dead letters. For one thread.
final class CutRecords {
  private static final Duration POLL = Duration.ofMillis(250);
  private static final Duration METADATA_WAIT = Duration.ofSeconds(90);
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(90);
  private static final int PROGRESS_STEPS = 4;

  /// Unusable records that become dead letters in one reading; more are only counted.
  private static final int MAX_DEAD_LETTERS = 100;

  /// Takes one record.
  interface Sink {
    /// @throws SerializationException when it cannot be read
    void take(ConsumerRecord<String, byte[]> record) throws IOException;
  }

  private final Consumer<String, byte[]> consumer;
  private final DeadLetters deadLetters;
  private final Watch watch;
  private final Progress progress;
  private final List<TopicPartition> partitions;
  private final Map<TopicPartition, Long> from;
  private final Map<TopicPartition, Long> to;
  private final long total;
  private long before; // records of the topics that were read
  private long unreadable;
  private long withoutValue;

  /// @throws TrainingFailure `no-data` when there is no such topic
  CutRecords(
      Consumer<String, byte[]> consumer,
      List<String> topics,
      DeadLetters deadLetters,
      Watch watch,
      Progress progress) {
    this.consumer = consumer;
    this.deadLetters = deadLetters;
    this.watch = watch;
    this.progress = progress;
    this.partitions = topics.stream().flatMap(topic -> partitions(consumer, topic)).toList();
    this.from = consumer.beginningOffsets(partitions, METADATA_WAIT);
    this.to = consumer.endOffsets(partitions, METADATA_WAIT); // of committed records
    this.total = partitions.stream().mapToLong(p -> offset(to, p) - offset(from, p)).sum();
    progress.at("reading", 0, total);
  }

  private static Stream<TopicPartition> partitions(
      Consumer<String, byte[]> consumer, String topic) {
    var partitions = consumer.partitionsFor(topic, METADATA_WAIT);
    if (partitions == null || partitions.isEmpty()) {
      throw new TrainingFailure("no-data", "there is no topic " + topic);
    }
    return partitions.stream().map(p -> new TopicPartition(topic, p.partition()));
  }

  private List<TopicPartition> of(String topic) {
    return partitions.stream().filter(p -> p.topic().equals(topic)).toList();
  }

  int partitions(String topic) {
    return of(topic).size();
  }

  /// The offsets, by topic and partition.
  List<ModelCard.Range> ranges() {
    return partitions.stream()
        .sorted(
            Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition))
        .map(p -> new ModelCard.Range(p.topic(), p.partition(), offset(from, p), offset(to, p)))
        .toList();
  }

  /// Records that did not decode.
  long unreadable() {
    return unreadable;
  }

  long withoutValue() {
    return withoutValue;
  }

  void read(String topic, Sink sink) throws IOException {
    var read = of(topic);
    consumer.assign(read);
    read.forEach(p -> consumer.seek(p, offset(from, p)));
    long step = Math.max(1, total / PROGRESS_STEPS);
    long told = before / step;
    double heard = watch.seconds();
    while (read.stream().anyMatch(p -> consumer.position(p) < offset(to, p))) {
      watch.check();
      var records = consumer.poll(POLL);
      for (var record : records) {
        if (record.offset() < offset(to, new TopicPartition(topic, record.partition()))) {
          take(record, sink);
        }
      }
      heard = records.isEmpty() ? heard : watch.seconds();
      if (watch.seconds() - heard > LONGEST_SILENCE.toSeconds()) {
        throw new TrainingFailure(
            Absence.KAFKA, "%s gave no records for %s".formatted(topic, LONGEST_SILENCE));
      }
      long done = before + read.stream().mapToLong(this::done).sum();
      if (done / step > told) {
        told = done / step;
        progress.at("reading", done, total);
      }
    }
    before += read.stream().mapToLong(this::done).sum();
  }

  /// Records passed, control records among them.
  private long done(TopicPartition partition) {
    return Math.min(consumer.position(partition), offset(to, partition)) - offset(from, partition);
  }

  private void take(ConsumerRecord<String, byte[]> record, Sink sink) throws IOException {
    if (record.value() == null) {
      withoutValue++;
      reject(record, "no-value", "the record has no value");
      return;
    }
    try {
      sink.take(record);
    } catch (SerializationException e) {
      unreadable++;
      reject(record, "malformed-avro", String.valueOf(e.getMessage()));
    }
  }

  private void reject(ConsumerRecord<String, byte[]> record, String code, String reason) {
    if (unreadable + withoutValue <= MAX_DEAD_LETTERS) {
      deadLetters.reject(record, code, reason);
    }
  }

  private static long offset(Map<TopicPartition, Long> offsets, TopicPartition partition) {
    return offsets.getOrDefault(partition, 0L);
  }
}
