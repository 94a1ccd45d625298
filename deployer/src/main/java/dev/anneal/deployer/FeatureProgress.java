package dev.anneal.deployer;

import static java.util.stream.Collectors.toMap;

import dev.anneal.schemas.Stage;
import dev.anneal.schemas.Topics;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// How far all organizations' rows have come on their way through the feature stream, by offsets
/// alone: in telemetry, what it has committed of what there is; in features, what may be read of
/// what there is, because what follows an open transaction may not.
final class FeatureProgress {
  private final Admin admin;

  FeatureProgress(Admin admin) {
    this.admin = admin;
  }

  /// @throws KafkaException when Kafka does not answer
  List<PartitionProgress> read() {
    try {
      var telemetry = partitions(Topics.TELEMETRY_PATTERN.asMatchPredicate());
      var features = partitions(Topics.FEATURES_PATTERN.asMatchPredicate());
      var all = new ArrayList<PartitionProgress>();
      all.addAll(progress(committed(telemetry), ends(telemetry, IsolationLevel.READ_UNCOMMITTED)));
      // the readable ends first: what comes in between waits for a moment, and is no standstill
      all.addAll(
          progress(
              ends(features, IsolationLevel.READ_COMMITTED),
              ends(features, IsolationLevel.READ_UNCOMMITTED)));
      return all;
    } catch (ExecutionException e) {
      throw new KafkaException("the progress of features is not known", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("interrupted while reading the progress of features", e);
    }
  }

  private List<TopicPartition> partitions(Predicate<String> name)
      throws ExecutionException, InterruptedException {
    var names = admin.listTopics().names().get().stream().filter(name).toList();
    return admin.describeTopics(names).allTopicNames().get().values().stream()
        .flatMap(FeatureProgress::partitions)
        .toList();
  }

  private static Stream<TopicPartition> partitions(TopicDescription topic) {
    return topic.partitions().stream().map(p -> new TopicPartition(topic.name(), p.partition()));
  }

  /// Where nothing is committed the stream has not begun.
  private Map<TopicPartition, Long> committed(Collection<TopicPartition> partitions)
      throws ExecutionException, InterruptedException {
    var committed =
        admin
            .listConsumerGroupOffsets(Stage.FEATURE_STREAM.groupId())
            .partitionsToOffsetAndMetadata()
            .get();
    return partitions.stream().collect(toMap(p -> p, p -> offset(committed.get(p))));
  }

  private static long offset(@Nullable OffsetAndMetadata committed) {
    return committed == null ? 0 : committed.offset();
  }

  private Map<TopicPartition, Long> ends(
      Collection<TopicPartition> partitions, IsolationLevel isolation)
      throws ExecutionException, InterruptedException {
    var latest = partitions.stream().collect(toMap(p -> p, _ -> OffsetSpec.latest()));
    return admin
        .listOffsets(latest, new ListOffsetsOptions(isolation))
        .all()
        .get()
        .entrySet()
        .stream()
        .collect(toMap(Map.Entry::getKey, end -> end.getValue().offset()));
  }

  private static List<PartitionProgress> progress(
      Map<TopicPartition, Long> positions, Map<TopicPartition, Long> ends) {
    return positions.entrySet().stream()
        .map(
            at ->
                new PartitionProgress(
                    organization(at.getKey()),
                    at.getKey().toString(),
                    at.getValue(),
                    ends.getOrDefault(at.getKey(), at.getValue())))
        .toList();
  }

  /// `anneal.telemetry.<org>`, `anneal.features.<org>.<model>`
  private static String organization(TopicPartition partition) {
    return partition.topic().split("\\.")[2];
  }
}
