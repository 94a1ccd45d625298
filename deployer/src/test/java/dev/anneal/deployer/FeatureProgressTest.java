package dev.anneal.deployer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.anneal.embedded.EmbeddedKafka;
import dev.anneal.schemas.Stage;
import dev.anneal.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeatureProgressTest {
  private static final String TELEMETRY = Topics.telemetry("acme").name();
  private static final String FEATURES = Topics.features("acme", "pump").name();

  @TempDir private Path directory;

  @Test
  void readsWhatIsNotCommittedAndWhatAnOpenTransactionHidesUntilItIsAborted() throws Exception {
    try (var kafka = EmbeddedKafka.start(directory);
        var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      admin
          .createTopics(
              List.of(
                  new NewTopic(TELEMETRY, 1, (short) 1),
                  new NewTopic(FEATURES, 1, (short) 1),
                  new NewTopic(Topics.MODELS.name(), 1, (short) 1)))
          .all()
          .get();
      // Given three rows of which one is committed, and features in a transaction left open
      try (var rows = producer(kafka, Map.of());
          var features = producer(kafka, Map.of("transactional.id", "killed"))) {
        send(rows, TELEMETRY, 3);
        features.initTransactions();
        features.beginTransaction();
        send(features, FEATURES, 2);
        admin
            .alterConsumerGroupOffsets(
                Stage.FEATURE_STREAM.groupId(),
                Map.of(new TopicPartition(TELEMETRY, 0), new OffsetAndMetadata(1)))
            .all()
            .get();
        var progress = new FeatureProgress(admin);
        // When
        var standing = progress.read();
        // Then
        assertThat(standing)
            .containsExactlyInAnyOrder(
                new PartitionProgress("acme", TELEMETRY + "-0", 1, 3),
                new PartitionProgress("acme", FEATURES + "-0", 0, 2));
        // When what starts in its place aborts it
        admin.fenceProducers(List.of("killed")).all().get();
        // Then
        await()
            .untilAsserted(
                () ->
                    assertThat(progress.read())
                        .filteredOn(p -> p.partition().startsWith(FEATURES))
                        .singleElement()
                        .matches(p -> p.waiting() == 0));
      }
    }
  }

  private static KafkaProducer<String, byte[]> producer(
      EmbeddedKafka kafka, Map<String, Object> more) {
    var settings = new HashMap<String, Object>(more);
    settings.put("bootstrap.servers", kafka.bootstrapServers());
    return new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
  }

  private static void send(KafkaProducer<String, byte[]> producer, String topic, int rows)
      throws Exception {
    for (int i = 0; i < rows; i++) {
      producer.send(new ProducerRecord<>(topic, "A", "row".getBytes(StandardCharsets.UTF_8))).get();
    }
  }
}
