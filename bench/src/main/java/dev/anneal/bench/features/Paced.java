package dev.anneal.bench.features;

import dev.anneal.bench.Numbers;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// Telemetry at the pace of a plant, and how long after its send a row's features are seen.
final class Paced {
  private static final int ROWS_PER_MILLISECOND = 5;
  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(90);

  private final String bootstrapServers;
  private final long[] sentNanos;
  private final double[] latencies;
  private final CountDownLatch answered = new CountDownLatch(1);
  private volatile boolean failed;

  /// @param rows sent, of which the first half is not measured
  Paced(String bootstrapServers, int rows) {
    this.bootstrapServers = bootstrapServers;
    this.sentNanos = new long[rows];
    this.latencies = new double[rows];
  }

  /// Milliseconds.
  record Latency(double median, double p99, double p999) {}

  /// @param output whose rows answer the input's, one by one, in order
  Latency run(Telemetry telemetry, String output) throws IOException {
    var sender = Thread.ofPlatform().name("paced").start(() -> send(telemetry));
    try {
      receive(output);
      sender.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while measuring latency", e);
    }
    double[] measured = Arrays.copyOfRange(latencies, latencies.length / 2, latencies.length);
    return new Latency(
        Numbers.median(measured),
        Numbers.quantile(measured, .99),
        Numbers.quantile(measured, .999));
  }

  private void send(Telemetry telemetry) {
    var settings = new HashMap<>(Clients.producer(bootstrapServers));
    settings.put("linger.ms", 0);
    try (var producer =
        new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
      long start = 0;
      for (int i = 0; i < sentNanos.length; i++) {
        if (i == 1) { // who makes the features is there
          answered.await();
          start = System.nanoTime();
        }
        long due = start + i / ROWS_PER_MILLISECOND * 1_000_000L;
        while (System.nanoTime() < due) {
          LockSupport.parkNanos(due - System.nanoTime());
        }
        var row = telemetry.next();
        sentNanos[i] = System.nanoTime();
        producer.send(
            new ProducerRecord<>(
                AnnealStream.input(), 0, row.timeMillis(), row.asset(), row.value()));
      }
    } catch (RuntimeException e) {
      failed = true;
      throw e;
    } catch (InterruptedException e) {
      failed = true;
      Thread.currentThread().interrupt();
    }
  }

  private void receive(String output) throws IOException {
    var partition = new TopicPartition(output, 0);
    try (var consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "isolation.level",
                "read_committed",
                "max.poll.records",
                10_000),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      int seen = 0;
      long lastNanos = System.nanoTime();
      while (seen < sentNanos.length) {
        int count = consumer.poll(POLL).count();
        long now = System.nanoTime();
        if (count > 0) {
          answered.countDown();
        }
        for (int end = seen + count; seen < end; seen++) {
          latencies[seen] = (now - sentNanos[seen]) / 1e6;
        }
        lastNanos = count > 0 ? now : lastNanos;
        if (failed || now - lastNanos > ANSWER_LIMIT.toNanos()) {
          throw new IOException("%,d of %,d rows came back".formatted(seen, sentNanos.length));
        }
      }
    }
  }
}
