package dev.anneal.system.chaos;

import dev.anneal.schemas.AvroSerde;
import dev.anneal.schemas.HttpSchemaRegistry;
import dev.anneal.schemas.RowCodec;
import dev.anneal.schemas.SchemaRegistry;
import dev.anneal.schemas.Topic;
import dev.anneal.schemas.Topics;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/// Reads topics as any client does, committed records only.
final class TopicReader implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);

  private final KafkaConsumer<String, byte[]> consumer;
  private final SchemaRegistry registry;

  TopicReader(Addresses at) {
    this.registry = new HttpSchemaRegistry(URI.create(at.registry()));
    this.consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                at.bootstrapServers(),
                "isolation.level",
                "read_committed",
                "enable.auto.commit",
                false,
                "default.api.timeout.ms",
                30_000),
            new StringDeserializer(),
            new ByteArrayDeserializer());
  }

  Collection<String> topics() {
    return consumer.listTopics().keySet();
  }

  /// Everything that is on the topic now; empty where there is no such topic.
  List<ConsumerRecord<String, byte[]>> read(String topic) {
    if (!topics().contains(topic)) {
      return List.of();
    }
    var partitions = partitions(topic);
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    var ends = consumer.endOffsets(partitions);
    var records = new ArrayList<ConsumerRecord<String, byte[]>>();
    while (partitions.stream()
        .anyMatch(p -> consumer.position(p) < Objects.requireNonNull(ends.get(p)))) {
      consumer.poll(POLL).forEach(records::add);
    }
    return records;
  }

  /// @return values in the order of each partition, without tombstones
  <V extends SpecificRecord> List<V> values(Topic<V> topic) {
    var deserializer = new AvroSerde<>(topic.type(), registry).deserializer();
    return read(topic.name()).stream()
        .filter(r -> r.value() != null)
        .map(r -> deserializer.deserialize(topic.name(), r.headers(), r.value()))
        .toList();
  }

  List<RowCodec.Row> telemetry() {
    var codec = RowCodec.telemetry(Plant.ORGANIZATION, Plant.SENSORS, registry);
    return read(Topics.telemetry(Plant.ORGANIZATION).name()).stream()
        .map(r -> codec.decode(r.value()))
        .toList();
  }

  List<RowCodec.Row> features() {
    var codec = RowCodec.features(Plant.ORGANIZATION, Plant.MODEL, List.of("vibration"), registry);
    return read(Topics.features(Plant.ORGANIZATION, Plant.MODEL).name()).stream()
        .map(r -> codec.decode(r.value()))
        .toList();
  }

  /// Waits for a value that is written from now on.
  ///
  /// @param ready run when nothing that is written can be missed
  /// @return whether one came in time
  <V extends SpecificRecord> boolean await(
      Topic<V> topic, Predicate<V> which, Runnable ready, Duration limit) {
    var deserializer = new AvroSerde<>(topic.type(), registry).deserializer();
    var partitions = partitions(topic.name());
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    partitions.forEach(consumer::position);
    ready.run();
    long end = System.nanoTime() + limit.toNanos();
    while (System.nanoTime() < end) {
      for (var record : consumer.poll(POLL)) {
        V value = deserializer.deserialize(topic.name(), record.headers(), record.value());
        if (value != null && which.test(value)) {
          return true;
        }
      }
    }
    return false;
  }

  private List<TopicPartition> partitions(String topic) {
    return consumer.partitionsFor(topic).stream()
        .map(p -> new TopicPartition(topic, p.partition()))
        .toList();
  }

  @Override
  public void close() {
    consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ZERO));
  }
}
