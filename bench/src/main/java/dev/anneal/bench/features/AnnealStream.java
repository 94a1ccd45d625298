package dev.anneal.bench.features;

import dev.anneal.bench.features.Child.Program;
import dev.anneal.bench.features.Contestant.Site;
import dev.anneal.events.Definition;
import dev.anneal.events.DriftSettings;
import dev.anneal.events.FeatureSettings;
import dev.anneal.events.GateLimits;
import dev.anneal.events.ModelDefinition;
import dev.anneal.events.OrganizationDefinition;
import dev.anneal.events.ScadaSource;
import dev.anneal.events.Sensor;
import dev.anneal.features.Statistic;
import dev.anneal.featurestream.FeatureStreamApplication;
import dev.anneal.schemas.AvroSerde;
import dev.anneal.schemas.ModelKey;
import dev.anneal.schemas.Topic;
import dev.anneal.schemas.Topics;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/// Anneal's own feature stream: the stage's process with its own topology and settings, an
/// organization and a model defined as `control` would. Only the guarantee is chosen, and one
/// partition.
final class AnnealStream {
  static final String MODEL = "pump";
  static final String APPLICATION = "anneal-feature-stream";

  private AnnealStream() {}

  static Program program(Site site, String guarantee) {
    return Program.of(
        "-Xmx1g",
        FeatureStreamApplication.class.getName(),
        "--spring.kafka.bootstrap-servers=" + site.bootstrapServers(),
        "--spring.main.banner-mode=off",
        "--anneal.registry.url=" + site.registry(),
        "--anneal.topics.partitions=1",
        "--anneal.feature-stream.processing-guarantee=" + guarantee,
        "--anneal.feature-stream.state-directory=" + site.directory());
  }

  static String input() {
    return Topics.telemetry(Telemetry.ORGANIZATION).name();
  }

  static String output() {
    return Topics.features(Telemetry.ORGANIZATION, MODEL).name();
  }

  /// The topics it reads and writes.
  static void createTopics(Cluster cluster) throws IOException {
    var topics = new ArrayList<Topic<?>>(Topics.fixed());
    topics.addAll(Topics.ofOrganization(Telemetry.ORGANIZATION));
    for (var topic : topics) {
      cluster.create(topic.name(), topic.configuration());
    }
  }

  static Map<String, String> inputConfiguration() {
    return Topics.telemetry(Telemetry.ORGANIZATION).configuration();
  }

  /// @param overrides of the topic's configuration
  static void createOutput(Cluster cluster, Map<String, String> overrides) throws IOException {
    var features = Topics.features(Telemetry.ORGANIZATION, MODEL);
    var configuration = new HashMap<>(features.configuration());
    configuration.putAll(overrides);
    cluster.create(features.name(), configuration);
  }

  /// Whether a topic is one of its internal ones.
  static boolean isInternal(String topic) {
    return topic.startsWith(APPLICATION + "-");
  }

  static boolean isState(String topic) {
    return isInternal(topic) && topic.endsWith("-changelog");
  }

  /// Makes it forget all it has read.
  static void reset(Cluster cluster) throws IOException {
    cluster.deleteGroup(APPLICATION);
    cluster.delete(AnnealStream::isInternal);
  }

  /// Defines the organization and its model.
  static void define(Cluster cluster, RegistryServer registry, Profile profile) {
    try (var serde = new AvroSerde<>(Definition.class, registry.registry());
        var producer =
            new KafkaProducer<>(
                Clients.producer(cluster.bootstrapServers()),
                new StringSerializer(),
                serde.serializer())) {
      String models = Topics.MODELS.name();
      producer.send(
          new ProducerRecord<>(models, Telemetry.ORGANIZATION, definition(organization())));
      String key = new ModelKey(Telemetry.ORGANIZATION, MODEL).toString();
      producer.send(new ProducerRecord<>(models, key, definition(model(profile))));
    }
  }

  private static Definition definition(Object of) {
    return Definition.newBuilder().setChangedAt(Instant.EPOCH).setDefinition(of).build();
  }

  private static OrganizationDefinition organization() {
    var source =
        ScadaSource.newBuilder()
            .setHost("nowhere")
            .setPort(5432)
            .setDatabase("none")
            .setUser("nobody")
            .setTables(List.of("readings"))
            .build();
    return OrganizationDefinition.newBuilder()
        .setName(Telemetry.ORGANIZATION)
        .setSource(source)
        .setAssetColumn("asset")
        .setTimeColumn("at")
        .setSensors(
            Profile.sensors().stream()
                .map(name -> Sensor.newBuilder().setColumn(name).setName(name).build())
                .toList())
        .build();
  }

  private static ModelDefinition model(Profile profile) {
    var drift =
        DriftSettings.newBuilder()
            .setCooldownSeconds(7L * 86_400)
            .setMinimumLabels(200L)
            .setInitialHistorySeconds(14L * 86_400)
            .setPersistence(3)
            .setPersistenceOf(4)
            .build();
    var statistics = Profile.STATISTICS.stream().map(Statistic::text).toList();
    return ModelDefinition.newBuilder()
        .setOrganization(Telemetry.ORGANIZATION)
        .setModel(MODEL)
        .setTask("binary")
        .setFailureWithinSeconds(86_400L)
        .setSensors(Profile.sensors())
        .setLagSeconds(Profile.LAG_SECONDS)
        .setRollingWindows(profile.windows())
        .setFeatures(
            FeatureSettings.newBuilder().setStatistics(statistics).setStaleness(false).build())
        .setFailureProbability(.85)
        .setConfidenceThreshold(.7)
        .setHyperparameters(Map.of())
        .setRetryAttempts(3)
        .setNotifyOnSuccess(true)
        .setNotifyOnFailure(true)
        .setDrift(drift)
        .setGate(new GateLimits(.7, .7, .7, 100L << 20, 100.0))
        .build();
  }
}
