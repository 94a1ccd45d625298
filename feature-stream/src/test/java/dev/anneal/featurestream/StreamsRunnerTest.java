package dev.anneal.featurestream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.anneal.embedded.EmbeddedKafka;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamsRunnerTest {

  @TempDir private Path directory;
  private final AtomicInteger failures = new AtomicInteger(2);
  private final ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
  private final AtomicInteger clients = new AtomicInteger();

  @Test
  void aClientWhoseThreadOfTheTablesDiedIsReplacedUntilItLives() throws Exception {
    try (var broker = EmbeddedKafka.start(directory.resolve("kafka"));
        var admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
        var producer = producer(broker)) {
      // Given
      admin
          .createTopics(
              List.of(new NewTopic("table", 1, (short) 1), new NewTopic("rows", 1, (short) 1)))
          .all()
          .get();
      var runner = new StreamsRunner(this::topology, properties(broker), settings());
      runner.start();
      await().until(() -> runner.state() == State.RUNNING);

      // When
      producer.send(new ProducerRecord<>("table", "k", "poison")).get();
      producer.send(new ProducerRecord<>("table", "k", "cure")).get();

      // Then
      await().until(() -> failures.get() < 0);
      producer.send(new ProducerRecord<>("rows", "k", "row")).get();
      await().untilAsserted(() -> assertThat(seen).contains("row"));
      assertThat(runner.state()).isEqualTo(State.RUNNING);
      assertThat(clients.get()).isGreaterThan(2);
      runner.stop();
      assertThat(runner.isRunning()).isFalse();
    }
  }

  private Topology topology() {
    if (clients.incrementAndGet() == 2) {
      throw new IllegalStateException("a client that cannot be made");
    }
    var builder = new StreamsBuilder();
    var strings = Consumed.with(Serdes.String(), Serdes.String());
    builder.addGlobalStore(
        Stores.keyValueStoreBuilder(
                Stores.inMemoryKeyValueStore("table"), Serdes.String(), Serdes.String())
            .withLoggingDisabled(),
        "table",
        strings,
        () ->
            new ContextualProcessor<String, String, Void, Void>() {
              @Override
              public void process(Record<String, String> record) {
                if (failures.getAndDecrement() > 0) {
                  throw new IllegalStateException(record.value());
                }
              }
            });
    builder.stream("rows", strings).foreach((_, value) -> seen.add(value));
    return builder.build();
  }

  private static KafkaProducer<String, String> producer(EmbeddedKafka broker) {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", broker.bootstrapServers()),
        new StringSerializer(),
        new StringSerializer());
  }

  private Properties properties(EmbeddedKafka broker) {
    return StreamsProperties.of(Map.of("bootstrap.servers", broker.bootstrapServers()), settings());
  }

  private FeatureStreamSettings settings() {
    return new FeatureStreamSettings(
        FeatureStreamSettings.Guarantee.EXACTLY_ONCE,
        null,
        1,
        null,
        directory.resolve("state"),
        Duration.ZERO,
        Duration.ofDays(7));
  }
}
