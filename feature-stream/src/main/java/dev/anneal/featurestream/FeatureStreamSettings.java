package dev.anneal.featurestream;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// @param processingGuarantee what Kafka Streams promises. At-least-once is the low-latency choice:
///     feature rows are seen at once and not with the next commit. After a crash rows may come
///     again, so whoever reads them has to apply them by asset and event time; and drift counts may
///     count a row twice
/// @param commitInterval how often state and offsets are committed; with exactly-once no output is
///     seen before. Not given: 100 ms with exactly-once, 1 s with at-least-once
/// @param threads that process partitions
/// @param instanceId of this instance, different from that of every other, which makes it a static
///     member: a restart within the session timeout moves no partitions. Not given: one of the
///     state directory, and a member that leaves when it stops
/// @param stateDirectory for locks and the ids of instances that have none; all state is in memory
///     and in Kafka. Where it outlives a killed process, the next start takes its partitions and
///     ends the transaction that was open, for which readers of committed records wait. Its
///     default stands in `feature-stream.yml`: placeholders are not resolved in annotations
/// @param definitionPatience how long a row waits for its organization's definition before it is
///     rejected, and all rows of undefined organizations together in any 5 minutes
/// @param modelPatience how long, by the clock, a training without an end counts as in flight, and
///     what is known of a model is kept when its definition is gone
@ConfigurationProperties("anneal.feature-stream")
record FeatureStreamSettings(
    @DefaultValue("exactly-once") Guarantee processingGuarantee,
    @Nullable Duration commitInterval,
    @DefaultValue("1") int threads,
    @Nullable String instanceId,
    Path stateDirectory,
    @DefaultValue("30s") Duration definitionPatience,
    @DefaultValue("7d") Duration modelPatience) {

  /// What happens to a record's effects when the instance dies.
  enum Guarantee {
    EXACTLY_ONCE("exactly_once_v2", Duration.ofMillis(100)),
    AT_LEAST_ONCE("at_least_once", Duration.ofSeconds(1));

    private final String kafka;
    private final Duration commitInterval;

    Guarantee(String kafka, Duration commitInterval) {
      this.kafka = kafka;
      this.commitInterval = commitInterval;
    }

    /// As Kafka Streams calls it.
    String kafka() {
      return kafka;
    }
  }

  FeatureStreamSettings {
    require(Objects.nonNull(stateDirectory), "state-directory must be set");
    require(
        commitInterval == null
            || isBetween(commitInterval, Duration.ofMillis(1), Duration.ofSeconds(30)),
        "commit-interval must be in [1 ms, 30 s], was " + commitInterval);
    require(
        instanceId == null || instanceId.matches("[A-Za-z0-9._-]{1,200}"),
        "instance-id must be 1 to 200 letters, digits, '.', '_' or '-', was '%s'"
            .formatted(instanceId));
    require(threads >= 1 && threads <= 64, "threads must be in [1, 64], was " + threads);
    require(
        isBetween(definitionPatience, Duration.ZERO, Duration.ofSeconds(120)),
        "definition-patience must be in [0 s, 120 s], was " + definitionPatience);
    require(
        isBetween(modelPatience, Duration.ofHours(1), Duration.ofDays(365)),
        "model-patience must be in [1 h, 365 d], was " + modelPatience);
  }

  /// How often to commit.
  Duration commitsEvery() {
    return commitInterval == null ? processingGuarantee.commitInterval : commitInterval;
  }

  /// Whether the group waits for this instance to come back when it stops.
  boolean isStaticMember() {
    return instanceId != null;
  }

  private static boolean isBetween(Duration value, Duration min, Duration max) {
    return value.compareTo(min) >= 0 && value.compareTo(max) <= 0;
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException("anneal.feature-stream." + message);
    }
  }
}
