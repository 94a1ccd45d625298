package dev.anneal.featurestream;

import dev.anneal.schemas.SchemaRegistry;
import dev.anneal.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;

/// Telemetry → features; what the features count, and the losses of predictions with known outcomes
/// → drift windows → retraining policy. Every internal name is given, so that deployed state
/// survives a changed topology.
///
/// @param logs makes a task's view of the telemetry log
/// @param partitions of the internal topics: as many as topics keyed by model have, so that a
///     model's messages and its lifecycle meet in one task
record FeatureStreamTopology(
    SchemaRegistry registry,
    Supplier<TelemetryLog> logs,
    int partitions,
    Duration definitionPatience,
    Duration modelPatience) {
  Topology build(Properties properties) {
    var builder = new StreamsBuilder(new TopologyConfig(new StreamsConfig(properties)));
    var definitions = Definitions.definitionsTable();
    var deployments = Definitions.deploymentsTable();
    var tables = new ModelTables(definitions, deployments, registry);
    var waits = new DefinitionWaits(definitionPatience);
    builder.addGlobalStore(
        definitions.builder(), Topics.MODELS.name(), bytes("models"), definitions::writer);
    builder.addGlobalStore(
        deployments.builder(),
        Topics.DEPLOYMENTS.name(),
        bytes("deployments"),
        deployments::writer);
    builder.addStateStore(StateStores.builder(RowStore.NAME).withCachingDisabled());
    Stream.of(
            DriftCounts.NAME,
            ProgressCounts.NAME,
            PolicyProcessor.WINDOWS,
            PolicyProcessor.POLICIES,
            PolicyProcessor.LOSSES,
            LossProcessor.LOSSES,
            LossProcessor.SCORES)
        .forEach(name -> builder.addStateStore(StateStores.builder(name).withCachingEnabled()));

    var computed =
        builder.stream(Topics.TELEMETRY_PATTERN, records("telemetry", Serdes.ByteArray()))
            .process(
                () -> new FeatureProcessor(tables, waits, logs.get()),
                Named.as("features"),
                RowStore.NAME,
                DriftCounts.NAME,
                ProgressCounts.NAME);
    computed.to(Outgoing.Destination.OF_THE_RECORD, produced(FeatureProcessor.SINK));

    var judged =
        builder.stream(Topics.JUDGED_PATTERN, bytes("predictions-and-outcomes"))
            .process(
                () -> new LossProcessor(tables),
                Named.as("losses"),
                LossProcessor.LOSSES,
                LossProcessor.SCORES);
    judged.to(Outgoing.Destination.OF_THE_RECORD, produced(LossProcessor.SINK));

    builder.stream(List.of(Topics.LIFECYCLE.name(), Topics.SCHEDULE_TICKS.name()), bytes("causes"))
        .merge(repartitioned(computed, FeatureProcessor.COUNTS, "counts"), Named.as("with-counts"))
        .merge(repartitioned(judged, LossProcessor.COUNTS, "losses"), Named.as("policy-inputs"))
        .process(
            () -> new PolicyProcessor(tables, waits, modelPatience),
            Named.as("policy"),
            PolicyProcessor.WINDOWS,
            PolicyProcessor.POLICIES,
            PolicyProcessor.LOSSES)
        .to(Outgoing.Destination.OF_THE_RECORD, produced(PolicyProcessor.SINK));
    return builder.build(properties);
  }

  /// @param step that takes the records' bytes
  /// @param name of the internal topic
  private KStream<String, byte[]> repartitioned(
      KStream<byte[], Outgoing> counts, String step, String name) {
    return counts
        .map(
            (key, count) -> KeyValue.pair(new String(key, StandardCharsets.UTF_8), count.value()),
            Named.as(step))
        .repartition(
            Repartitioned.<String, byte[]>as(name)
                .withKeySerde(Serdes.String())
                .withValueSerde(Serdes.ByteArray())
                .withNumberOfPartitions(partitions));
  }

  private static Produced<byte[], Outgoing> produced(String name) {
    return Produced.with(Serdes.ByteArray(), Outgoing.serde()).withName(name);
  }

  private static Consumed<String, byte[]> bytes(String name) {
    return records(name, Serdes.String());
  }

  private static <K> Consumed<K, byte[]> records(String name, Serde<K> keys) {
    // a timestamp that makes no sense is no reason to stop: event time stands in the row
    return Consumed.with(keys, Serdes.ByteArray())
        .withTimestampExtractor((record, _) -> Math.max(0, record.timestamp()))
        .withName(name);
  }
}
