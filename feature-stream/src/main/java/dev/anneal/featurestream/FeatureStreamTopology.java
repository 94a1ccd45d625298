package dev.anneal.featurestream;

import dev.anneal.schemas.SchemaRegistry;
import dev.anneal.schemas.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyConfig;
import org.apache.kafka.streams.kstream.Branched;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;

/// Telemetry → features, and what the features count → drift windows → retraining policy, with
/// every internal name given, so that deployed state survives a changed topology.
///
/// @param partitions of the internal topic: as many as topics keyed by model have, so that a
///     model's messages and its lifecycle meet in one task
record FeatureStreamTopology(SchemaRegistry registry, int partitions, Duration definitionPatience) {
  Topology build(Properties properties) {
    var builder = new StreamsBuilder(new TopologyConfig(new StreamsConfig(properties)));
    var definitions = Definitions.definitionsTable();
    var deployments = Definitions.deploymentsTable();
    var waits = new DefinitionWaits(definitionPatience);
    builder.addGlobalStore(
        definitions.builder(), Topics.MODELS.name(), bytes("models"), definitions::writer);
    builder.addGlobalStore(
        deployments.builder(),
        Topics.DEPLOYMENTS.name(),
        bytes("deployments"),
        deployments::writer);
    List.of(RowStore.builder(), DriftCounts.builder(), ProgressCounts.builder())
        .forEach(builder::addStateStore);
    builder.addStateStore(PolicyProcessor.builder(PolicyProcessor.WINDOWS));
    builder.addStateStore(PolicyProcessor.builder(PolicyProcessor.POLICIES));

    var counted =
        builder.stream(Topics.TELEMETRY_PATTERN, bytes("telemetry"))
            .process(
                () -> new FeatureProcessor(definitions, deployments, registry, waits),
                Named.as("features"),
                RowStore.NAME,
                DriftCounts.NAME,
                ProgressCounts.NAME)
            .split(Named.as("outgoing-"))
            .branch((_, outgoing) -> outgoing.isForPolicy(), Branched.as("counts"))
            .defaultBranch(
                Branched.withConsumer(records -> send(records, "feature-sink"), "records"));

    builder.stream(List.of(Topics.LIFECYCLE.name(), Topics.SCHEDULE_TICKS.name()), bytes("causes"))
        .merge(repartitioned(counted), Named.as("policy-inputs"))
        .process(
            () -> new PolicyProcessor(definitions, deployments, registry),
            Named.as("policy"),
            PolicyProcessor.WINDOWS,
            PolicyProcessor.POLICIES)
        .to(Outgoing.Destination.OF_THE_RECORD, produced("policy-sink"));
    return builder.build(properties);
  }

  @SuppressWarnings("NullAway") // the branch has its name from above
  private KStream<String, byte[]> repartitioned(Map<String, KStream<String, Outgoing>> branches) {
    return branches
        .get("outgoing-counts")
        .mapValues((_, outgoing) -> outgoing.value(), Named.as("count-bytes"))
        .repartition(
            Repartitioned.<String, byte[]>as("counts")
                .withKeySerde(Serdes.String())
                .withValueSerde(Serdes.ByteArray())
                .withNumberOfPartitions(partitions));
  }

  private static void send(KStream<String, Outgoing> outgoing, String name) {
    outgoing.to(Outgoing.Destination.OF_THE_RECORD, produced(name));
  }

  private static Produced<String, Outgoing> produced(String name) {
    return Produced.with(Serdes.String(), Outgoing.serde()).withName(name);
  }

  private static Consumed<String, byte[]> bytes(String name) {
    // a timestamp that makes no sense is no reason to stop: event time stands in the row
    return Consumed.with(Serdes.String(), Serdes.ByteArray())
        .withTimestampExtractor((record, _) -> Math.max(0, record.timestamp()))
        .withName(name);
  }
}
