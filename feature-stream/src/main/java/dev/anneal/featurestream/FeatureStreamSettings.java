package dev.anneal.featurestream;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// @param processingGuarantee what Kafka Streams promises; at-least-once has a fifth of the
///     latency, and drift counts may count a row twice after a crash
/// @param commitInterval how often state and offsets are committed; with exactly-once no output is
///     seen before
/// @param threads that process partitions
/// @param stateDirectory for Kafka Streams' locks; all state is in memory and in Kafka. Its default
///     stands in `feature-stream.yml`: placeholders are not resolved in annotations
/// @param definitionPatience how long a row waits for its organization's definition before it is
///     rejected, and all rows of undefined organizations together in any 5 minutes
@ConfigurationProperties("anneal.feature-stream")
record FeatureStreamSettings(
    @DefaultValue("exactly-once") Guarantee processingGuarantee,
    @DefaultValue("100ms") Duration commitInterval,
    @DefaultValue("1") int threads,
    Path stateDirectory,
    @DefaultValue("30s") Duration definitionPatience) {

  /// What happens to a record's effects when the instance dies.
  enum Guarantee {
    EXACTLY_ONCE("exactly_once_v2"),
    AT_LEAST_ONCE("at_least_once");

    private final String kafka;

    Guarantee(String kafka) {
      this.kafka = kafka;
    }

    /// As Kafka Streams calls it.
    String kafka() {
      return kafka;
    }
  }

  FeatureStreamSettings {
    require(Objects.nonNull(stateDirectory), "state-directory must be set");
    require(
        isBetween(commitInterval, Duration.ofMillis(1), Duration.ofSeconds(30)),
        "commit-interval must be in [1 ms, 30 s], was " + commitInterval);
    require(threads >= 1 && threads <= 64, "threads must be in [1, 64], was " + threads);
    require(
        isBetween(definitionPatience, Duration.ZERO, Duration.ofSeconds(120)),
        "definition-patience must be in [0 s, 120 s], was " + definitionPatience);
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
