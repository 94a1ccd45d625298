package dev.anneal.bench.features;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// A hand-written loop, at-least-once, that computes nothing: `LoopMain <copy|inflate|plain>
/// <bootstrap> <input> <output>`. `copy` writes what it read, `inflate` as many bytes as a
/// feature row has: no feature stream is faster; `plain` as many as one without names.
final class LoopMain {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final long COMMIT_NANOS = 1_000_000_000L;

  private LoopMain() {}

  public static void main(String[] arguments) {
    Function<InputRow, byte[]> out =
        switch (arguments[0]) {
          case "copy" -> InputRow::copy;
          case "inflate" -> OutputRow::inflated;
          default -> OutputRow::plain;
        };
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
          byte[] value = out.apply(row);
          producer.send(
              new ProducerRecord<>(arguments[3], 0, record.timestamp(), record.key(), value));
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
