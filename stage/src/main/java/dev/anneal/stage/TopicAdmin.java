package dev.anneal.stage;

import dev.anneal.schemas.SchemaRegistry;
import dev.anneal.schemas.SchemaRegistryException;
import dev.anneal.schemas.Topic;
import dev.anneal.schemas.Topics;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificData;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.springframework.context.SmartLifecycle;

/// Makes topics of the catalogue where they are missing. Before anything else of a stage starts,
/// the fixed ones, and their schemas in the registry, so that a client of any language finds them
/// there before the first event.
public final class TopicAdmin implements SmartLifecycle {

  /// Looks, half a minute of them on a machine that has time.
  private static final int KNOWN_LOOKS = 600;
  private static final Duration KNOWN_PAUSE = Duration.ofMillis(50);

  /// Between two tries of a start; a server that starts takes some seconds.
  private static final Duration START_PAUSE = Duration.ofSeconds(1);

  /// After which a start states that it waits for Kafka.
  private static final Duration START_SILENCE = Duration.ofSeconds(10);

  private final Map<String, Object> properties;
  private final TopicSettings settings;
  private final SchemaRegistry registry;
  private final String registryAddress;
  private final StartWait wait = new StartWait(START_PAUSE);
  private volatile boolean running;

  /// @param registryAddress as people know it
  TopicAdmin(
      Map<String, Object> properties,
      TopicSettings settings,
      SchemaRegistry registry,
      String registryAddress) {
    this.properties = properties;
    this.settings = settings;
    this.registry = registry;
    this.registryAddress = registryAddress;
  }

  /// Returns when all of the topics exist and are known to a broker.
  ///
  /// @throws KafkaException when the broker refuses or cannot be reached
  public void ensure(Collection<? extends Topic<?>> topics) {
    if (!settings.create()) {
      return;
    }
    try (var admin = Admin.create(properties)) {
      var wanted = topics.stream().map(this::newTopic).toList();
      for (var result : admin.createTopics(wanted).values().values()) {
        try {
          result.get();
        } catch (ExecutionException e) {
          if (!(e.getCause() instanceof TopicExistsException)) {
            throw new KafkaException(
                "cannot make topics " + topics.stream().map(Topic::name).toList(), e.getCause());
          }
        }
      }
      awaitKnown(admin, wanted.stream().map(NewTopic::name).toList());
      useAppendTime(admin, topics.stream().filter(Topic::isOfClients).map(Topic::name).toList());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("interrupted while making topics", e);
    }
  }

  /// Brokers hear of a topic some time after the controller made it, and Kafka Streams does not
  /// start before its global tables' topics are known.
  private static void awaitKnown(Admin admin, List<String> topics) throws InterruptedException {
    for (int looks = 1; ; looks++) {
      try {
        admin.describeTopics(topics).allTopicNames().get();
        return;
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException) || looks == KNOWN_LOOKS) {
          throw new KafkaException("cannot see topics " + topics, e.getCause());
        }
        LockSupport.parkNanos(KNOWN_PAUSE.toNanos());
      }
    }
  }

  /// Topics of clients that a release before 0.1 made had the clients' time.
  private static void useAppendTime(Admin admin, List<String> topics) throws InterruptedException {
    var change =
        Topic.APPEND_TIME.entrySet().stream()
            .map(e -> new ConfigEntry(e.getKey(), e.getValue()))
            .map(entry -> new AlterConfigOp(entry, AlterConfigOp.OpType.SET))
            .toList();
    Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
    topics.forEach(t -> changes.put(new ConfigResource(ConfigResource.Type.TOPIC, t), change));
    try {
      admin.incrementalAlterConfigs(changes).all().get();
    } catch (ExecutionException e) {
      throw new KafkaException("cannot set the timestamp type of " + topics, e.getCause());
    }
  }

  private NewTopic newTopic(Topic<?> topic) {
    // definitions are few, and one partition keeps the order between an organization and its models
    int partitions = topic.equals(Topics.MODELS) ? 1 : settings.partitions();
    return new NewTopic(topic.name(), partitions, settings.replicationFactor())
        .configs(topic.configuration());
  }

  @Override
  public void start() {
    String kafka = "Kafka at " + brokers();
    wait.until(kafka, this::reach);
    wait.until(kafka, () -> ensure(Topics.fixed()));
    for (var topic : Topics.fixed()) {
      wait.until("the schema registry at " + registryAddress, () -> register(topic));
    }
    running = true;
  }

  private void register(Topic<?> topic) {
    try {
      registry.register(topic.subject(), SpecificData.get().getSchema(topic.type()));
    } catch (SchemaRegistryException e) {
      throw e.isTransient() ? e.retriable() : e;
    }
  }

  private String brokers() {
    return properties.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG) instanceof List<?> several
        ? several.stream().map(String::valueOf).collect(Collectors.joining(","))
        : String.valueOf(properties.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG));
  }

  private void reach() {
    var options = new DescribeClusterOptions().timeoutMs((int) START_SILENCE.toMillis());
    try (var admin = Admin.create(properties)) {
      admin.describeCluster(options).clusterId().get();
    } catch (ExecutionException e) {
      throw new KafkaException("it cannot be reached", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("interrupted while waiting for Kafka", e);
    }
  }

  @Override
  public void stop() {
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return Integer.MIN_VALUE;
  }
}
