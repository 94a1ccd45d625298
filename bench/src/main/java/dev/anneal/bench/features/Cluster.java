package dev.anneal.bench.features;

import dev.anneal.bench.features.Child.Program;
import dev.anneal.embedded.Ports;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// One broker in a JVM of its own, and what it is asked while others work.
final class Cluster implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final int ATTEMPTS = 300;

  private final Child broker;
  private final String bootstrapServers;
  private final Admin admin;
  private final KafkaConsumer<byte[], byte[]> offsets;

  private Cluster(Child broker, String bootstrapServers) {
    this.broker = broker;
    this.bootstrapServers = bootstrapServers;
    this.admin =
        Admin.create(
            Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "default.api.timeout.ms",
                (int) START_LIMIT.toMillis()));
    this.offsets =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
  }

  static Cluster start(Path directory) throws IOException {
    int port = Ports.free();
    var program =
        Program.of(
            "-Xmx1g",
            BrokerMain.class.getName(),
            directory.resolve("kafka").toString(),
            Integer.toString(port));
    var broker = Child.start("broker", program, directory);
    try {
      var cluster = new Cluster(broker, "127.0.0.1:" + port);
      cluster.get(cluster.admin.describeCluster().nodes());
      return cluster;
    } catch (IOException | RuntimeException e) {
      broker.close();
      throw e;
    }
  }

  String bootstrapServers() {
    return bootstrapServers;
  }

  double cpuMicros() {
    return broker.cpuMicros();
  }

  /// A topic of one partition.
  void create(String topic, Map<String, String> configuration) throws IOException {
    get(
        admin
            .createTopics(List.of(new NewTopic(topic, 1, (short) 1).configs(configuration)))
            .all());
  }

  /// Deletes topics, if there, and waits until they are gone.
  void delete(Predicate<String> topics) throws IOException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      var names = get(admin.listTopics().names()).stream().filter(topics).toList();
      if (names.isEmpty()) {
        return;
      }
      if (attempt == 0) {
        get(admin.deleteTopics(names).all());
      }
      broker.awaitAlive(PAUSE);
    }
    throw new IOException("topics are not deleted");
  }

  /// Forgets how far a group has read, once its last member has left.
  void deleteGroup(String group) throws IOException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      var listing =
          get(admin.listGroups().all()).stream().filter(g -> g.groupId().equals(group)).findAny();
      if (listing.isEmpty()) {
        return;
      }
      if (isDeleted(listing.get())) {
        return;
      }
      broker.awaitAlive(PAUSE);
    }
    throw new IOException("group %s is not deleted".formatted(group));
  }

  private boolean isDeleted(GroupListing group) {
    var name = Set.of(group.groupId());
    boolean isStreams = group.type().filter(type -> type == GroupType.STREAMS).isPresent();
    try {
      if (isStreams) {
        get(admin.deleteStreamsGroups(name).all());
      } else {
        get(admin.deleteConsumerGroups(name).all());
      }
      return true;
    } catch (IOException e) {
      return false; // still has members
    }
  }

  /// Committed records of a topic, transactions' markers among them; 0 where there is none.
  long end(String topic) {
    var partition = new TopicPartition(topic, 0);
    return offsets.endOffsets(List.of(partition)).values().iterator().next();
  }

  /// Bytes on disk of a record of the topic, of those that are still there.
  double bytesPerRecord(String topic) throws IOException {
    var partition = new TopicPartition(topic, 0);
    double begin = offsets.beginningOffsets(List.of(partition)).values().iterator().next();
    return bytes(topic::equals) / (end(topic) - begin);
  }

  /// Bytes on disk of the topics.
  long bytes(Predicate<String> topics) throws IOException {
    var node = get(admin.describeCluster().controller()).id();
    long bytes = 0;
    for (var directory : get(admin.describeLogDirs(List.of(node)).allDescriptions()).values()) {
      for (var log : directory.values()) {
        for (var replica : log.replicaInfos().entrySet()) {
          bytes += topics.test(replica.getKey().topic()) ? replica.getValue().size() : 0;
        }
      }
    }
    return bytes;
  }

  private <T> T get(KafkaFuture<T> future) throws IOException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new IOException("the broker did not do as told: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while asking the broker", e);
    }
  }

  @Override
  public void close() {
    offsets.close();
    admin.close();
    broker.close();
  }
}
