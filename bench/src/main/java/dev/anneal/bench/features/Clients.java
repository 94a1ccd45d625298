package dev.anneal.bench.features;

import java.util.HashMap;
import java.util.Map;

/// Client settings of every peer: the fastest we measured.
final class Clients {
  private Clients() {}

  static Map<String, Object> producer(String bootstrapServers) {
    return Map.of(
        "bootstrap.servers",
        bootstrapServers,
        "acks",
        "all",
        "linger.ms",
        5,
        "batch.size",
        256 * 1024,
        "buffer.memory",
        64L << 20,
        "compression.type",
        "lz4");
  }

  static Map<String, Object> consumer(String bootstrapServers, String group) {
    return Map.of(
        "bootstrap.servers",
        bootstrapServers,
        "group.id",
        group,
        "enable.auto.commit",
        false,
        "auto.offset.reset",
        "earliest",
        "fetch.min.bytes",
        64 * 1024,
        "max.poll.records",
        2_000);
  }

  /// Kafka Streams, at-least-once.
  static Map<String, Object> streams(
      String bootstrapServers, String application, String directory) {
    var all = new HashMap<String, Object>();
    producer(bootstrapServers).forEach((name, value) -> all.put("producer." + name, value));
    all.put("consumer.fetch.min.bytes", 64 * 1024);
    all.put("consumer.max.poll.records", 2_000);
    all.put("consumer.auto.offset.reset", "earliest");
    all.put("bootstrap.servers", bootstrapServers);
    all.put("application.id", application);
    all.put("state.dir", directory);
    all.put("buffered.records.per.partition", 10_000);
    all.put("commit.interval.ms", 1_000);
    all.put("num.stream.threads", 1);
    return all;
  }
}
