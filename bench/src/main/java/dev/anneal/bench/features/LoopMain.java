package dev.anneal.bench.features;

import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// A hand-written loop, at-least-once, that computes nothing: `LoopMain <copy|inflate> <bootstrap>
/// <input> <output>`. `copy` writes what it read, `inflate` as many bytes as a feature row has: no
/// feature stream is faster.
final class LoopMain {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final long COMMIT_NANOS = 1_000_000_000L;

  private LoopMain() {}

  public static void main(String[] arguments) {
    boolean copies = arguments[0].equals("copy");
    try (var consumer =
            new KafkaConsumer<>(
                Clients.consumer(arguments[1], "loop-" + arguments[3]),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        var producer =
            new KafkaProducer<>(
                Clients.producer(arguments[1]),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
      consumer.subscribe(List.of(arguments[2]));
      var row = new InputRow();
      for (long committed = System.nanoTime(); ; ) {
        for (var record : consumer.poll(POLL)) {
          row.read(record.value());
          byte[] out = copies ? row.copy() : OutputRow.inflated(row);
          producer.send(
              new ProducerRecord<>(arguments[3], 0, record.timestamp(), record.key(), out));
        }
        if (System.nanoTime() - committed > COMMIT_NANOS) {
          producer.flush();
          consumer.commitSync();
          committed = System.nanoTime();
        }
      }
    }
  }
}
