package dev.anneal.system.chaos;

import dev.anneal.events.Cause;
import dev.anneal.events.DeployAction;
import dev.anneal.events.DeployCommand;
import dev.anneal.events.TrainCancel;
import dev.anneal.events.TrainRequest;
import dev.anneal.schemas.AvroSerde;
import dev.anneal.schemas.HttpSchemaRegistry;
import dev.anneal.schemas.Topic;
import dev.anneal.schemas.Topics;
import java.net.URI;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.StringSerializer;

/// A client of the public topics: asks for trainings, cancels some, rolls back now and then. Sends
/// a request with the same id until Kafka has acknowledged it, and notes that.
final class RequestClient implements Runnable {
  private static final int SHORTEST_PAUSE_MILLIS = 2_000;
  private static final int LONGEST_PAUSE_MILLIS = 10_000;
  private static final int DELIVERY_MILLIS = 15_000;
  private static final long RETRY_MILLIS = 1_000;
  private static final String KEY = Plant.ORGANIZATION + "/" + Plant.MODEL;

  private final String name;
  private final Supplier<Addresses> addresses;
  private final Journal journal;
  private final Random random;
  private final AtomicLong next = new AtomicLong();

  /// @param name in front of every request's id
  RequestClient(String name, Supplier<Addresses> addresses, Journal journal, Random random) {
    this.name = name;
    this.addresses = addresses;
    this.journal = journal;
    this.random = random;
  }

  @Override
  public void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        Thread.sleep(random.nextInt(SHORTEST_PAUSE_MILLIS, LONGEST_PAUSE_MILLIS));
        switch (random.nextInt(8)) {
          case 0 -> cancel();
          case 1 -> rollBack();
          default -> train();
        }
      }
    } catch (InterruptedException _) {
      // the end
    }
  }

  /// @return the request's id, which Kafka has acknowledged
  String train() throws InterruptedException {
    String id = name + "-" + next.incrementAndGet();
    var request =
        TrainRequest.newBuilder()
            .setRequestId(id)
            .setOrganization(Plant.ORGANIZATION)
            .setModel(Plant.MODEL)
            .setCause(Cause.MANUAL)
            .setRequestedBy("chaos")
            .setRequestedAt(Instant.now())
            // each better than the one before it would be, so that some are deployed
            .setOverrides(Map.of("numIterations", Integer.toString(1 + random.nextInt(40))))
            .build();
    send(Topics.TRAIN_REQUESTS, TrainRequest.class, request);
    journal.append(id);
    return id;
  }

  private void cancel() throws InterruptedException {
    var cancel =
        TrainCancel.newBuilder()
            .setCancelId(name + "-cancel-" + next.incrementAndGet())
            .setOrganization(Plant.ORGANIZATION)
            .setModel(Plant.MODEL)
            .setRequestedBy("chaos")
            .setRequestedAt(Instant.now())
            .build();
    send(Topics.TRAIN_CANCELS, TrainCancel.class, cancel);
  }

  private void rollBack() throws InterruptedException {
    var command =
        DeployCommand.newBuilder()
            .setCommandId(name + "-rollback-" + next.incrementAndGet())
            .setOrganization(Plant.ORGANIZATION)
            .setModel(Plant.MODEL)
            .setAction(DeployAction.ROLLBACK)
            .setRequestedBy("chaos")
            .setRequestedAt(Instant.now())
            .build();
    send(Topics.DEPLOY_COMMANDS, DeployCommand.class, command);
  }

  private <V extends SpecificRecord> void send(Topic<V> topic, Class<V> type, V value)
      throws InterruptedException {
    while (!isSent(topic, type, value)) {
      Thread.sleep(RETRY_MILLIS);
    }
  }

  private <V extends SpecificRecord> boolean isSent(Topic<V> topic, Class<V> type, V value)
      throws InterruptedException {
    var at = addresses.get();
    var settings =
        Map.<String, Object>of(
            "bootstrap.servers",
            at.bootstrapServers(),
            "acks",
            "all",
            "max.block.ms",
            DELIVERY_MILLIS,
            "request.timeout.ms",
            DELIVERY_MILLIS / 3,
            "delivery.timeout.ms",
            DELIVERY_MILLIS);
    var registry = new HttpSchemaRegistry(URI.create(at.registry()));
    var serializer = new AvroSerde<>(type, registry).serializer();
    try (var producer = new KafkaProducer<>(settings, new StringSerializer(), serializer)) {
      producer.send(new ProducerRecord<>(topic.name(), KEY, value)).get();
      return true;
    } catch (KafkaException | ExecutionException _) {
      return false; // not known: the same id may be sent again
    }
  }
}
