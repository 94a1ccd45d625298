package dev.anneal.stage;

import dev.anneal.schemas.AvroSerde;
import dev.anneal.schemas.SchemaRegistry;
import dev.anneal.schemas.Stage;
import dev.anneal.schemas.Topic;
import dev.anneal.schemas.Topics;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.AcknowledgingMessageListener;
import org.springframework.kafka.listener.BatchMessageListener;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties;

/// Kafka for one stage, by the topic catalogue. Reads are of committed records; a record's offset
/// is committed after its handler returned. Connection and client properties are Spring's own
/// (`spring.kafka.*`).
public final class StageKafka implements DisposableBean {
  private static final Logger LOG = LoggerFactory.getLogger(StageKafka.class);

  /// Kafka's default: a process that stands still for half a minute keeps its partitions. After a
  /// kill others wait for it, but not the next start under the same `group.instance.id`.
  private static final int SESSION_MILLIS = 45_000;

  /// Applies one event. Throws [RejectedRecord] for one that can never be applied; after a failure
  /// that is temporary ([Failures]) the event comes again for as long as it takes, after any other
  /// three times, then it is a dead letter.
  public interface Handler<V> {
    void apply(String key, V value);
  }

  /// As [Handler], for topics that clients write.
  public interface ClientHandler<V> {
    /// @param received when the broker got it: the time that orders what clients ask for
    /// @param delivery reports, from any thread, what became of it; others go on meanwhile
    void apply(V value, Instant received, Delivery delivery);
  }

  /// The delivery of one event.
  public interface Delivery {
    /// The event need not come again.
    void done();

    /// The event can never be applied: it is a dead letter; returns when that is stored.
    void rejected(Throwable failure);
  }

  /// Applies one event and reports later that it has.
  public interface PatientHandler<V> {
    /// @param done to be run once, by any thread, when the event need not come again
    void apply(V value, Runnable done);
  }

  private final Stage stage;
  private final KafkaProperties properties;
  private final SchemaRegistry registry;
  private final DefaultKafkaProducerFactory<String, byte[]> producers;
  private final KafkaTemplate<String, byte[]> template;
  private final InstantSource clock;
  private final DeadLetters deadLetters;
  private final RetryAlerts retryAlerts;
  private final FailedRecords failedRecords;

  StageKafka(
      Stage stage, KafkaProperties properties, SchemaRegistry registry, InstantSource clock) {
    this.stage = stage;
    this.properties = properties;
    this.registry = registry;
    this.producers = new DefaultKafkaProducerFactory<>(producerProperties());
    this.template = new SendTemplate(producers);
    this.clock = clock;
    this.deadLetters = new DeadLetters(stage, publisher(Topics.deadLetters(stage)), clock);
    this.retryAlerts = retryAlerts(stage, clock);
    this.failedRecords = new FailedRecords(deadLetters, retryAlerts);
  }

  private RetryAlerts retryAlerts(Stage stage, InstantSource clock) {
    if (stage == Stage.CLIENT) {
      return new RetryAlerts(stage, _ -> CompletableFuture.completedFuture(null), clock);
    }
    var alerts = publisher(Topics.ALERTS);
    return new RetryAlerts(stage, alert -> alerts.send(alert.getAlertId(), alert), clock);
  }

  RetryAlerts retryAlerts() {
    return retryAlerts;
  }

  public SchemaRegistry registry() {
    return registry;
  }

  public DeadLetters deadLetters() {
    return deadLetters;
  }

  /// The stage's producer of bytes, for rows that a codec has encoded already.
  public KafkaTemplate<String, byte[]> bytes() {
    return template;
  }

  /// @throws IllegalArgumentException when the catalogue does not let this stage write the topic
  public <V extends SpecificRecord> Publisher<V> publisher(Topic<V> topic) {
    require(topic.writers(), topic, "write");
    return new Publisher<>(
        topic.name(), new AvroSerde<>(topic.type(), registry).serializer(), template);
  }

  /// Consumes a topic of events as one member of the group `anneal-<stage>-<topic>`; a bean of the
  /// context starts with it.
  public <V extends SpecificRecord> ConcurrentMessageListenerContainer<String, byte[]> listener(
      Topic<V> topic, Handler<V> handler) {
    var values = values(topic);
    return container(
        new ContainerProperties(topic.name()),
        role(topic),
        failedRecords.watched(
            (record, _) -> handler.apply(String.valueOf(record.key()), values.apply(record))));
  }

  /// As [#listener], but an offset is committed when the handler reports the record, and all before
  /// it, as done.
  public <V extends SpecificRecord>
      ConcurrentMessageListenerContainer<String, byte[]> patientListener(
          Topic<V> topic, PatientHandler<V> handler) {
    return patient(topic, (_, value, delivery) -> handler.apply(value, delivery::done));
  }

  /// As [#patientListener], with the time that orders what clients ask for.
  public <V extends SpecificRecord>
      ConcurrentMessageListenerContainer<String, byte[]> clientListener(
          Topic<V> topic, ClientHandler<V> handler) {
    return patient(
        topic, (record, value, delivery) -> handler.apply(value, receivedAt(record), delivery));
  }

  private interface RecordHandler<V> {
    void apply(ConsumerRecord<String, byte[]> record, V value, Delivery delivery);
  }

  private <V extends SpecificRecord> ConcurrentMessageListenerContainer<String, byte[]> patient(
      Topic<V> topic, RecordHandler<V> handler) {
    var values = values(topic);
    var partitions = new ConcurrentHashMap<Integer, OrderedAcks>();
    AcknowledgingMessageListener<String, byte[]> listener =
        (record, acknowledgment) -> {
          var acks = partitions.computeIfAbsent(record.partition(), _ -> new OrderedAcks());
          acks.add(record.offset(), Objects.requireNonNull(acknowledgment)::acknowledge);
          handler.apply(record, values.apply(record), delivery(record, acks));
        };
    var container =
        container(
            new ContainerProperties(topic.name()), role(topic), failedRecords.watched(listener));
    container.getContainerProperties().setAckMode(ContainerProperties.AckMode.MANUAL);
    // a dead letter is done as any other record: what waits before it is not committed with it
    var errors =
        failedRecords.errorHandler(
            record ->
                partitions
                    .getOrDefault(record.partition(), new OrderedAcks())
                    .done(record.offset()));
    errors.setAckAfterHandle(false);
    container.setCommonErrorHandler(errors);
    return container;
  }

  private Delivery delivery(ConsumerRecord<String, byte[]> record, OrderedAcks acks) {
    return new Delivery() {
      @Override
      public void done() {
        acks.done(record.offset());
      }

      @Override
      public void rejected(Throwable failure) {
        failedRecords.reject(record, failure);
        done();
      }
    };
  }

  /// The broker's time. A topic that an operator made with the clients' time may be ahead of it.
  private Instant receivedAt(ConsumerRecord<String, byte[]> record) {
    var timestamp = Instant.ofEpochMilli(record.timestamp());
    var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    boolean isClients = record.timestampType() != TimestampType.LOG_APPEND_TIME;
    return isClients && timestamp.isAfter(now) ? now : timestamp;
  }

  private <V extends SpecificRecord> Function<ConsumerRecord<String, byte[]>, V> values(
      Topic<V> topic) {
    require(topic.readers(), topic, "read");
    var deserializer = new AvroSerde<>(topic.type(), registry).deserializer();
    return record -> {
      V value = deserializer.deserialize(topic.name(), record.headers(), record.value());
      if (value == null) {
        throw new RejectedRecord(
            "no-value", "a record without a value says nothing on " + topic.name());
      }
      return value;
    };
  }

  private static String role(Topic<?> topic) {
    return topic.name().replace("anneal.", "");
  }

  /// Consumes all topics that match, in batches of bytes; topics that appear later are found within
  /// a second.
  ///
  /// @param role ends the group's name
  public ConcurrentMessageListenerContainer<String, byte[]> batches(
      Pattern topics, String role, BatchMessageListener<String, byte[]> listener) {
    return container(new ContainerProperties(topics), role, failedRecords.watched(listener));
  }

  /// Follows a topic from its beginning in every instance. The handler gets null for a tombstone.
  public <V extends SpecificRecord> TopicTable table(
      Topic<V> topic, BiConsumer<String, @Nullable V> handler) {
    require(topic.readers(), topic, "read");
    var deserializer = new AvroSerde<>(topic.type(), registry).deserializer();
    return new TopicTable(
        topic.name(),
        () ->
            new DefaultKafkaConsumerFactory<String, byte[]>(consumerProperties()).createConsumer(),
        record -> {
          try {
            handler.accept(
                String.valueOf(record.key()),
                deserializer.deserialize(topic.name(), record.headers(), record.value()));
          } catch (RuntimeException e) {
            if (Failures.isTemporary(e)) {
              throw e;
            }
            failedRecords.reject(record, e);
          }
        },
        retryAlerts);
  }

  /// Reads what is newest on a topic now, back from its end until enough is found; what cannot be
  /// decoded is left out.
  ///
  /// @param most that are wanted, of each partition
  /// @param lookedAt records of each partition that are read at most
  /// @param wanted gets what is read, and says whether it is one
  /// @return false where there is more, and not enough was found in what was read
  /// @throws org.apache.kafka.common.errors.TimeoutException when Kafka does not answer
  public <V extends SpecificRecord> boolean newest(
      Topic<V> topic, int most, int lookedAt, Predicate<V> wanted) {
    var values = values(topic);
    try (var consumer =
        new DefaultKafkaConsumerFactory<String, byte[]>(consumerProperties()).createConsumer()) {
      return TopicTail.read(
          consumer,
          topic.name(),
          most,
          lookedAt,
          record -> {
            try {
              return wanted.test(values.apply(record));
            } catch (SerializationException | RejectedRecord e) {
              LOG.warn("{}@{} cannot be shown: {}", topic.name(), record.offset(), Redaction.of(e));
              return false;
            }
          });
    }
  }

  /// Client properties of a consumer that is not in a group and commits nothing, keys and values as
  /// bytes of UTF-8 and bytes.
  public Map<String, Object> consumerProperties() {
    var all = new HashMap<String, Object>(properties.buildConsumerProperties());
    all.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class);
    all.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    all.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    all.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 1_000); // new organizations' topics
    all.putIfAbsent(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 2_000); // fewer polls per row
    all.putIfAbsent(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_MILLIS);
    all.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG); // only of members of groups
    return all;
  }

  @Override
  public void destroy() {
    producers.destroy();
  }

  private <L> ConcurrentMessageListenerContainer<String, byte[]> container(
      ContainerProperties container, String role, L listener) {
    container.setGroupId("anneal-" + stage.id() + "-" + role);
    container.setMessageListener(listener);
    container.setAckMode(ContainerProperties.AckMode.BATCH);
    var member = consumerProperties();
    String instance = properties.getConsumer().getProperties().get("group.instance.id");
    if (instance != null) {
      member.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, instance);
    }
    var result =
        new ConcurrentMessageListenerContainer<>(
            new DefaultKafkaConsumerFactory<String, byte[]>(member), container);
    result.setBeanName(stage.id() + "-" + role);
    result.setCommonErrorHandler(failedRecords.errorHandler(_ -> {}));
    return result;
  }

  private Map<String, Object> producerProperties() {
    var all = new HashMap<String, Object>(properties.buildProducerProperties());
    all.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
    all.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    all.put(ProducerConfig.ACKS_CONFIG, "all");
    all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    all.putIfAbsent(
        ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4"); // measured, the fastest for telemetry
    all.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, 5);
    all.putIfAbsent(ProducerConfig.BATCH_SIZE_CONFIG, 256 * 1024);
    return all;
  }

  private void require(Set<Stage> allowed, Topic<?> topic, String verb) {
    if (!allowed.contains(stage)) {
      throw new IllegalArgumentException(
          "%s may not %s %s; the catalogue says %s"
              .formatted(stage.id(), verb, topic.name(), List.copyOf(allowed)));
    }
  }
}
