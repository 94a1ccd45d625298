package dev.anneal.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.anneal.events.DeadLetter;
import dev.anneal.events.DeployAction;
import dev.anneal.events.DeployCommand;
import dev.anneal.events.TrainCancel;
import dev.anneal.events.TrainRequest;
import dev.anneal.schemas.AvroSerde;
import dev.anneal.schemas.InMemoryRegistry;
import dev.anneal.schemas.Stage;
import dev.anneal.schemas.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.Lifecycle;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;

/// What every stage relies on, on whatever broker a subclass brings.
abstract class StageKafkaContract {
  private static String bootstrapServers = "";
  private static final InMemoryRegistry REGISTRY = new InMemoryRegistry();

  private final List<Lifecycle> started = new CopyOnWriteArrayList<>();
  private final StageKafka client = stageKafka(Stage.CLIENT);

  /// Called by the subclass when its broker runs.
  static void use(String brokers) {
    bootstrapServers = brokers;
    admin().start();
  }

  private static TopicAdmin admin() {
    return new TopicAdmin(
        properties().buildAdminProperties(),
        new TopicSettings(1, (short) 1, true),
        REGISTRY,
        "in memory");
  }

  @AfterEach
  void stop() {
    started.forEach(Lifecycle::stop);
  }

  private static KafkaProperties properties() {
    var properties = new KafkaProperties();
    properties.setBootstrapServers(List.of(bootstrapServers));
    return properties;
  }

  private static StageKafka stageKafka(Stage stage) {
    return new StageKafka(stage, properties(), REGISTRY, InstantSource.system());
  }

  private static TrainRequest request(String id) {
    return TrainRequest.newBuilder()
        .setRequestId(id)
        .setOrganization("acme")
        .setModel("pump")
        .setRequestedAt(Instant.EPOCH)
        .build();
  }

  @Test
  void appliesRejectsAndTriesAgain() {
    // Given a handler that rejects one request for good and fails twice on another
    var trainer = stageKafka(Stage.TRAINER);
    var applied = new CopyOnWriteArrayList<String>();
    var failures = new AtomicInteger();
    var container =
        trainer.listener(
            Topics.TRAIN_REQUESTS,
            (key, request) -> {
              assertThat(key).isEqualTo("acme/pump");
              if (request.getRequestId().equals("hopeless")) {
                throw new RejectedRecord("unknown-model", "no such model");
              }
              if (request.getRequestId().equals("later") && failures.incrementAndGet() < 3) {
                throw new UncheckedIOException(new IOException("database away"));
              }
              applied.add(request.getRequestId());
            });
    started.add(container);
    container.start();

    // When
    var publisher = client.publisher(Topics.TRAIN_REQUESTS);
    publisher.send("acme/pump", request("first")).join();
    client.bytes().send(Topics.TRAIN_REQUESTS.name(), "acme/pump", "{json}".getBytes()).join();
    publisher.send("acme/pump", request("hopeless")).join();
    publisher.send("acme/pump", request("later")).join();
    publisher.send("acme/pump", request("last")).join();

    // Then nothing is lost and nothing stands in the way
    await().untilAsserted(() -> assertThat(applied).containsExactly("first", "later", "last"));
    var letters =
        deadLetters(2).stream()
            .filter(l -> Topics.TRAIN_REQUESTS.name().equals(l.getTopic()))
            .toList();
    assertThat(letters)
        .extracting(DeadLetter::getCode)
        .containsExactly("malformed-avro", "unknown-model");
    assertThat(letters.getFirst().getTopic()).isEqualTo(Topics.TRAIN_REQUESTS.name());
    assertThat(letters.getFirst().getOffset()).isEqualTo(1L);
    assertThat(letters.getFirst().getValue().array()).isEqualTo("{json}".getBytes());
  }

  @Test
  void whatIsNoTemporaryFailureIsADeadLetterOfBoundedSize() {
    // Given a handler with a fault, and a record that is as large as the broker takes
    var deployer = stageKafka(Stage.DEPLOYER);
    var applied = new CopyOnWriteArrayList<String>();
    var container =
        deployer.listener(
            Topics.DEPLOY_COMMANDS,
            (key, command) -> {
              if (command.getCommandId().equals("fault")) {
                throw new IllegalStateException("x".repeat(1_000_000));
              }
              applied.add(command.getCommandId());
            });
    started.add(container);
    container.start();

    // When
    var garbage = new byte[1_000_000];
    client.bytes().send(Topics.DEPLOY_COMMANDS.name(), "k".repeat(40_000), garbage).join();
    var publisher = client.publisher(Topics.DEPLOY_COMMANDS);
    publisher.send("acme/pump", command("fault")).join();
    publisher.send("acme/pump", command("last")).join();

    // Then
    await().untilAsserted(() -> assertThat(applied).containsExactly("last"));
    var letters = deadLetters(Stage.DEPLOYER, 2);
    assertThat(letters)
        .extracting(DeadLetter::getCode)
        .containsExactly("malformed-avro", "processing-failed");
    assertThat(letters.getFirst().getValueSize()).isEqualTo(1_000_000);
    assertThat(letters.getFirst().getValue().remaining()).isEqualTo(DeadLetters.LONGEST_VALUE);
    // sha256sum of a million zero bytes
    assertThat(letters.getFirst().getValueSha256())
        .isEqualTo("d29751f2649b32ff572b5e0a9f541ea660a50f94ff0beedfb0b692b924cc8025");
    assertThat(letters.getFirst().getKey().remaining()).isEqualTo(DeadLetters.LONGEST_KEY);
    assertThat(letters.getLast().getReason().length()).isLessThan(3_000);
    assertThat(letters.getLast().getValueSha256()).isNull();
  }

  @Test
  void ofABatchThatFailsOnlyTheRecordsThatFailAloneAreDeadLetters() {
    var deployer = stageKafka(Stage.INGEST);
    var applied = new CopyOnWriteArrayList<String>();
    var failures = new AtomicInteger();
    var features = Topics.features("acme", "batches");
    admin().ensure(List.of(features));
    String topic = features.name();
    var container =
        deployer.batches(
            Pattern.compile(Pattern.quote(topic)),
            "batches",
            records -> {
              if (records.stream().anyMatch(r -> r.key().equals("later"))
                  && failures.incrementAndGet() < 3) {
                throw new UncheckedIOException(new IOException("disk away"));
              }
              records.forEach(
                  r -> {
                    if (r.key().equals("fault")) {
                      throw new IllegalStateException("fault");
                    }
                  });
              records.forEach(r -> applied.add(r.key()));
            });
    for (String key : List.of("first", "fault", "later", "last")) {
      client.bytes().send(topic, 0, key, new byte[] {1}).join();
    }
    started.add(container);
    container.start();

    await().untilAsserted(() -> assertThat(applied).contains("first", "later", "last"));
    assertThat(applied).doesNotContain("fault");
    assertThat(deadLetters(Stage.INGEST, 1).getFirst().getReason()).contains("fault");
  }

  /// A stage must end while the database is away.
  @Test
  void whatIsRetriedForEverHoldsUpNoStop() {
    var features = Topics.features("acme", "endless");
    admin().ensure(List.of(features));
    var failures = new AtomicInteger();
    var container =
        stageKafka(Stage.INGEST)
            .batches(
                Pattern.compile(Pattern.quote(features.name())),
                "endless",
                _ -> {
                  failures.incrementAndGet();
                  throw new UncheckedIOException(new IOException("disk away"));
                });
    client.bytes().send(features.name(), 0, "row", new byte[] {1}).join();
    container.start();
    await().until(() -> failures.get() > 1);

    var stopped = new CountDownLatch(1);
    container.stop(stopped::countDown);

    await().atMost(Duration.ofMinutes(2)).until(() -> stopped.getCount() == 0);
  }

  @Test
  void anOffsetIsCommittedWhenAllBeforeItAreDone() {
    // Given a handler that keeps the first record
    var trainer = stageKafka(Stage.TRAINER);
    var open = new CopyOnWriteArrayList<Runnable>();
    var received = new CopyOnWriteArrayList<Instant>();
    var container =
        trainer.clientListener(
            Topics.TRAIN_CANCELS,
            (cancel, at, delivery) -> {
              received.add(at);
              if (cancel.getCancelId().equals("kept")) {
                open.add(delivery::done);
              } else if (cancel.getCancelId().equals("wrong")) {
                throw new RejectedRecord("invalid-command", "wrong");
              } else {
                delivery.done();
              }
            });
    started.add(container);
    container.start();
    var before = Instant.now().minusMillis(1);

    // When
    var publisher = client.publisher(Topics.TRAIN_CANCELS);
    publisher.send("acme/pump", cancel("kept"), 4_000_000_000_000L).join();
    client.bytes().send(Topics.TRAIN_CANCELS.name(), "acme/pump", new byte[] {7}).join();
    publisher.send("acme/pump", cancel("wrong"), 1L).join();
    publisher.send("acme/pump", cancel("done"), 1L).join();

    // Then both are seen, with the broker's time and not the client's, and none is committed yet
    await().untilAsserted(() -> assertThat(received).hasSize(3));
    deadLetters(Stage.TRAINER, 2);
    assertThat(received).allSatisfy(at -> assertThat(at).isBetween(before, Instant.now()));
    assertThat(committed("anneal-trainer-train.cancels", Topics.TRAIN_CANCELS.name())).isZero();

    open.getFirst().run();
    await()
        .untilAsserted(
            () ->
                assertThat(committed("anneal-trainer-train.cancels", Topics.TRAIN_CANCELS.name()))
                    .isEqualTo(4));
  }

  private static long committed(String group, String topic) {
    try (var admin = Admin.create(properties().buildAdminProperties())) {
      var offset =
          admin
              .listConsumerGroupOffsets(group)
              .partitionsToOffsetAndMetadata()
              .get()
              .get(new TopicPartition(topic, 0));
      return offset == null ? 0 : offset.offset();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private static TrainCancel cancel(String id) {
    return TrainCancel.newBuilder()
        .setCancelId(id)
        .setOrganization("acme")
        .setModel("pump")
        .setRequestedAt(Instant.EPOCH)
        .build();
  }

  private static DeployCommand command(String id) {
    return DeployCommand.newBuilder()
        .setCommandId(id)
        .setOrganization("acme")
        .setModel("pump")
        .setAction(DeployAction.ROLLBACK)
        .setRequestedAt(Instant.EPOCH)
        .build();
  }

  private List<DeadLetter> deadLetters(int count) {
    return deadLetters(Stage.TRAINER, count);
  }

  private List<DeadLetter> deadLetters(Stage stage, int count) {
    var read = new CopyOnWriteArrayList<DeadLetter>();
    var serde = new AvroSerde<>(DeadLetter.class, REGISTRY).deserializer();
    var topic = Topics.deadLetters(stage).name();
    var table =
        new TopicTable(
            topic,
            () ->
                new DefaultKafkaConsumerFactory<String, byte[]>(client.consumerProperties())
                    .createConsumer(),
            record -> read.add(serde.deserialize(topic, record.value())),
            client.retryAlerts());
    started.add(table);
    table.start();
    await().untilAsserted(() -> assertThat(read).hasSizeGreaterThanOrEqualTo(count));
    return read;
  }

  @Test
  void whatTheProducerRefusesAtOnceFailsInItsFuture() {
    var record = new ProducerRecord<>(Topics.DEPLOY_COMMANDS.name(), "k", new byte[2 << 20]);

    assertThat(client.bytes().send(record))
        .failsWithin(Duration.ofMinutes(2))
        .withThrowableThat()
        .havingRootCause()
        .isInstanceOf(RecordTooLargeException.class);
  }

  @Test
  void tableKnowsWhatWasThereWhenStartReturns() {
    // Given
    var ingest = stageKafka(Stage.INGEST);
    for (int i = 0; i < 500; i++) {
      ingest.publisher(Topics.MODELS).delete("org-" + i % 7).join();
    }

    // When
    var seen = new CopyOnWriteArrayList<String>();
    var table = ingest.table(Topics.MODELS, (key, _) -> seen.add(key));
    started.add(table);
    table.start();

    // Then
    assertThat(seen).hasSize(500);
    ingest.publisher(Topics.MODELS).delete("one-more").join();
    await().untilAsserted(() -> assertThat(seen).hasSize(501).endsWith("one-more"));
  }

  @Test
  void tableHasCaughtUpWhenAllThatWasThereHasBeenApplied() {
    // Given a table that takes its time
    var ingest = stageKafka(Stage.INGEST);
    var seen = new CopyOnWriteArrayList<String>();
    var table =
        ingest.table(
            Topics.MODELS,
            (key, _) -> {
              LockSupport.parkNanos(1_000_000);
              seen.add(key);
            });
    started.add(table);
    table.start();

    // When
    for (int i = 0; i < 50; i++) {
      ingest.publisher(Topics.MODELS).delete("caught-up-" + i).join();
      assertThat(table.caughtUp()).succeedsWithin(Duration.ofMinutes(2));
      // Then
      assertThat(seen).endsWith("caught-up-" + i);
    }
  }

  @Test
  void eventsCarryCloudEventsHeaders() {
    client.publisher(Topics.TRAIN_CANCELS);
    var headers = CloudEventHeaders.of(request("r-1"));

    assertThat(headers)
        .extracting(h -> h.key() + "=" + new String(h.value()))
        .contains(
            "ce_id=r-1",
            "ce_type=dev.anneal.events.TrainRequest",
            "ce_specversion=1.0",
            "ce_subject=pump");
  }

  @Test
  void refusesTopicsTheCatalogueDoesNotGiveTheStage() {
    assertThatThrownBy(() -> stageKafka(Stage.NOTIFIER).publisher(Topics.DEPLOYMENTS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("notifier may not write anneal.deployments");
    assertThatThrownBy(() -> client.listener(Topics.DRIFT, (_, _) -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("client may not read anneal.drift");
  }

  @Test
  void settingsRefuseNonsense() {
    assertThatThrownBy(() -> new TopicSettings(0, (short) 1, true))
        .hasMessage("anneal.topics.partitions must be in [1, 1000], was 0");
    assertThatThrownBy(() -> new TopicSettings(1, (short) 0, true))
        .hasMessageContaining("replication-factor");
    assertThatThrownBy(() -> new RegistrySettings(java.net.URI.create("file:/x")))
        .hasMessageContaining("anneal.registry.url");
    assertThat(Map.copyOf(Topics.MODELS.configuration()))
        .containsEntry("cleanup.policy", "compact");
  }
}
