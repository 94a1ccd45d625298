package dev.anneal.standalone;

import dev.anneal.events.DeployCommand;
import dev.anneal.events.DriftEvent;
import dev.anneal.events.LifecycleEvent;
import dev.anneal.events.TrainCancel;
import dev.anneal.events.TrainRequest;
import dev.anneal.schemas.AvroSerde;
import dev.anneal.schemas.HttpSchemaRegistry;
import dev.anneal.schemas.ModelKey;
import dev.anneal.schemas.SchemaRegistry;
import dev.anneal.schemas.Topic;
import dev.anneal.schemas.Topics;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// The public topics as any client uses them: asks for something, follows the lifecycle.
final class KafkaClient implements AutoCloseable {
  /// Of one request; a machine that stands still for half a minute answers after it.
  private static final int SEND_LIMIT_MILLIS = 60_000;

  private static final int CONNECT_MILLIS = 5_000;
  private static final Duration POLL = Duration.ofMillis(200);

  private final String bootstrapServers;
  private final SchemaRegistry registry;
  private final KafkaConsumer<String, byte[]> consumer;

  KafkaClient(String bootstrapServers, URI registry) {
    this.bootstrapServers = bootstrapServers;
    this.registry = new HttpSchemaRegistry(registry);
    this.consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                SEND_LIMIT_MILLIS),
            new StringDeserializer(),
            new ByteArrayDeserializer());
  }

  /// Follows the lifecycle from now on.
  ///
  /// @throws IOException when Kafka does not answer
  void openLifecycle() throws IOException {
    open(false, List.of(Topics.LIFECYCLE));
  }

  /// Follows topics from now on, or from their beginning.
  ///
  /// @param topics the lifecycle, drift, or both
  /// @throws IOException when Kafka does not answer
  void open(boolean fromBeginning, List<Topic<?>> topics) throws IOException {
    var partitions = new ArrayList<TopicPartition>();
    for (var topic : topics) {
      partitions.addAll(partitions(topic.name()));
    }
    consumer.assign(partitions);
    if (fromBeginning) {
      consumer.seekToBeginning(partitions);
    } else {
      consumer.seekToEnd(partitions);
      partitions.forEach(consumer::position); // the end is as of now, not as of the first poll
    }
  }

  /// At once where nothing listens: a client of Kafka would try for as long as it may.
  private void requireListener() throws IOException {
    var first = bootstrapServers.split(",", 2)[0];
    int colon = first.lastIndexOf(':');
    try (var socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(
              first.substring(0, colon), Integer.parseInt(first.substring(colon + 1))),
          CONNECT_MILLIS);
    } catch (ConnectException e) {
      throw nobody(e);
    } catch (SocketTimeoutException _) {
      // a busy machine takes its time: Kafka's client has more of it
    }
  }

  private IOException nobody(Exception cause) {
    return new IOException(
        "no Anneal answers at %s: start one with ./anneal up".formatted(bootstrapServers), cause);
  }

  private List<TopicPartition> partitions(String topic) throws IOException {
    requireListener();
    try {
      var partitions =
          consumer.partitionsFor(topic).stream()
              .map(p -> new TopicPartition(topic, p.partition()))
              .toList();
      if (partitions.isEmpty()) {
        throw new IOException(
            "the Kafka at %s is none of Anneal's: it has no topic %s"
                .formatted(bootstrapServers, topic));
      }
      return partitions;
    } catch (TimeoutException e) {
      throw nobody(e);
    }
  }

  /// Hands events on until `more` says no or the patience ends.
  ///
  /// @return whether `more` said no
  boolean follow(BooleanSupplier patience, Predicate<SpecificRecord> more) {
    var lifecycle = new AvroSerde<>(LifecycleEvent.class, registry).deserializer();
    var drift = new AvroSerde<>(DriftEvent.class, registry).deserializer();
    while (patience.getAsBoolean()) {
      for (var record : consumer.poll(POLL)) {
        try {
          var deserializer = record.topic().equals(Topics.DRIFT.name()) ? drift : lifecycle;
          SpecificRecord event = deserializer.deserialize(record.topic(), record.value());
          if (event != null && !more.test(event)) {
            return true;
          }
        } catch (SerializationException e) {
          System.err.printf(
              "anneal: %s-%d@%d: %s%n",
              record.topic(), record.partition(), record.offset(), e.getMessage());
        }
      }
    }
    return false;
  }

  /// Waits for the end of what was asked for and tells why it failed.
  ///
  /// @param what was asked for, to name it when nobody answers
  /// @return the exit code
  int await(Duration limit, Function<LifecycleEvent, Outcome> judge, String what)
      throws IOException {
    var ends = new ArrayList<Outcome>();
    var wait = new AnswerWait("an answer to " + what, limit, System.err);
    follow(
        wait::lasts,
        event -> {
          var outcome =
              event instanceof LifecycleEvent lived ? judge.apply(lived) : new Outcome.Open();
          if (!(outcome instanceof Outcome.Open)) {
            ends.add(outcome);
          }
          return ends.isEmpty();
        });
    return switch (ends.isEmpty() ? new Outcome.Open() : ends.getFirst()) {
      case Outcome.Done() -> 0;
      case Outcome.Failed(var reason) -> throw new IOException(reason);
      case Outcome.Open() ->
          throw new IOException(
              "%s was published; no answer within %d s".formatted(what, limit.toSeconds()));
    };
  }

  /// Returns when Kafka has the request.
  void ask(TrainRequest request) throws IOException {
    publish(
        Topics.TRAIN_REQUESTS,
        TrainRequest.class,
        new ModelKey(request.getOrganization(), request.getModel()),
        request);
  }

  /// Returns when Kafka has the cancel.
  void ask(TrainCancel cancel) throws IOException {
    publish(
        Topics.TRAIN_CANCELS,
        TrainCancel.class,
        new ModelKey(cancel.getOrganization(), cancel.getModel()),
        cancel);
  }

  /// Returns when Kafka has the command.
  void ask(DeployCommand command) throws IOException {
    publish(
        Topics.DEPLOY_COMMANDS,
        DeployCommand.class,
        new ModelKey(command.getOrganization(), command.getModel()),
        command);
  }

  private <T extends SpecificRecord> void publish(
      Topic<T> topic, Class<T> type, ModelKey key, T request) throws IOException {
    var settings =
        Map.<String, Object>of(
            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
            ProducerConfig.ACKS_CONFIG, "all",
            ProducerConfig.MAX_BLOCK_MS_CONFIG, SEND_LIMIT_MILLIS,
            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, SEND_LIMIT_MILLIS,
            ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, SEND_LIMIT_MILLIS / 2);
    var serializer = new AvroSerde<>(type, registry).serializer();
    try (var producer = new KafkaProducer<>(settings, new StringSerializer(), serializer)) {
      producer.send(new ProducerRecord<>(topic.name(), key.toString(), request)).get();
    } catch (ExecutionException e) {
      throw new IOException("Kafka did not take the request: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void close() {
    consumer.close();
  }
}
