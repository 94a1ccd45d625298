package dev.anneal.deployer;

import dev.anneal.embedded.EmbeddedKafka;
import dev.anneal.modelstore.LocalArtifactStore;
import dev.anneal.schemas.AvroSerde;
import dev.anneal.schemas.InMemoryRegistry;
import dev.anneal.schemas.ModelKey;
import dev.anneal.schemas.RowCodec;
import dev.anneal.schemas.SchemaRegistry;
import dev.anneal.schemas.Topic;
import dev.anneal.schemas.Topics;
import dev.anneal.stage.TopicAdmin;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/// The whole deployer beside a broker in this JVM, and the world around it: who writes its inputs
/// and reads its outputs.
final class DeployerStage implements AutoCloseable {
  private final InMemoryRegistry registry = new InMemoryRegistry();
  private final EmbeddedKafka broker;
  private final KafkaProducer<String, byte[]> producer;
  private final KafkaConsumer<String, byte[]> consumer;
  private final Path artifacts;
  private ConfigurableApplicationContext application;

  DeployerStage(Path directory) throws IOException {
    broker = EmbeddedKafka.start(directory.resolve("kafka"));
    artifacts = directory.resolve("artifacts");
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrapServers()),
            new StringSerializer(),
            new ByteArraySerializer());
    consumer =
        new KafkaConsumer<>(
            Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()),
            new StringDeserializer(),
            new ByteArrayDeserializer());
    application = start();
  }

  private ConfigurableApplicationContext start() {
    ApplicationContextInitializer<GenericApplicationContext> beans =
        context -> context.registerBean(SchemaRegistry.class, () -> registry);
    return DeployerApplication.application()
        .initializers(beans)
        .run(
            "--server.port=0",
            "--spring.main.cloud-platform=kubernetes",
            "--spring.kafka.bootstrap-servers=" + broker.bootstrapServers(),
            "--anneal.artifacts.uri=" + artifacts.toUri(),
            "--anneal.deployer.load-retry-interval=200ms");
  }

  void stop() {
    application.close();
  }

  void restart() {
    stop();
    application = start();
  }

  LocalArtifactStore store() {
    return new LocalArtifactStore(artifacts);
  }

  Path artifacts() {
    return artifacts;
  }

  ConfigurableApplicationContext context() {
    return application;
  }

  <T> T bean(Class<T> type) {
    return application.getBean(type);
  }

  URI url(String path) {
    return URI.create(
        "http://127.0.0.1:"
            + application.getEnvironment().getRequiredProperty("local.server.port")
            + path);
  }

  /// What ingest does for a new model.
  void define(ModelKey key) {
    var topics = new ArrayList<Topic<?>>(Topics.ofOrganization(key.organization()));
    topics.add(Topics.features(key.organization(), key.model()));
    bean(TopicAdmin.class).ensure(topics);
    send(Topics.MODELS, key.toString(), Events.definition(key));
  }

  void undefine(ModelKey key) {
    send(Topics.MODELS.name(), key.toString(), (byte[]) null);
  }

  <V extends SpecificRecord> void send(Topic<V> topic, String key, V value) {
    send(
        topic.name(),
        key,
        new AvroSerde<>(topic.type(), registry).serializer().serialize(topic.name(), value));
  }

  void send(String topic, String key, byte[] value) {
    try {
      producer.send(new ProducerRecord<>(topic, key, value)).get();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  void sendRow(ModelKey key, String asset, long eventTimeMicros, double temperature) {
    var codec =
        RowCodec.features(key.organization(), key.model(), List.of("temperature"), registry);
    var row =
        new RowCodec.Row(
            asset,
            eventTimeMicros,
            eventTimeMicros,
            1,
            RowCodec.Quality.GOOD,
            new double[] {temperature});
    send(Topics.features(key.organization(), key.model()).name(), asset, codec.encode(row));
  }

  /// All values on the topic, in the order of each partition.
  synchronized <V extends SpecificRecord> List<V> read(Topic<V> topic) {
    var deserializer = new AvroSerde<>(topic.type(), registry).deserializer();
    var partitions =
        consumer.partitionsFor(topic.name()).stream()
            .map(p -> new TopicPartition(topic.name(), p.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    var ends = consumer.endOffsets(partitions);
    var values = new ArrayList<V>();
    while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
      consumer
          .poll(Duration.ofMillis(100))
          .forEach(r -> values.add(deserializer.deserialize(topic.name(), r.value())));
    }
    return values;
  }

  /// How many feature rows of the model the scorer has done with.
  long scored(ModelKey key) {
    String topic = Topics.features(key.organization(), key.model()).name();
    try (var admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      return admin
          .listConsumerGroupOffsets("anneal-deployer-scoring")
          .partitionsToOffsetAndMetadata()
          .get()
          .entrySet()
          .stream()
          .filter(e -> e.getKey().topic().equals(topic))
          .mapToLong(e -> e.getValue().offset())
          .sum();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    stop();
    consumer.close();
    producer.close();
    broker.close();
  }
}
