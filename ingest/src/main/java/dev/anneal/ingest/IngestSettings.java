package dev.anneal.ingest;

import java.time.Duration;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// @param pollInterval between looks for changes; measured, 5 ms gives 10 ms p99 from commit to
///     Kafka, 500 ms gives 850 ms
/// @param maxQueueSize changes read ahead of Kafka, per source
/// @param maxBatchSize changes sent to Kafka before their acknowledgements are waited for
/// @param offsetFlush at most this much is delivered again after a crash
/// @param heartbeat at most this long a quiet database holds its write-ahead log back
/// @param tableCheck between looks for new tables that a definition's expressions match
/// @param alertAfter a capture that does not run for this long is reported to people; where
///     somebody has to change something, e.g. a password, after 5 s at the latest
/// @param firstBackoff after a source fails; doubles up to `longestBackoff`
/// @param movedPorts of servers on the loopback interface: the port that definitions name → the one
///     it listens on now. A definition with another port would be another database, whose rows are
///     all read
/// @param sources what definitions may reach
@ConfigurationProperties("anneal.ingest")
record IngestSettings(
    @DefaultValue("5ms") Duration pollInterval,
    @DefaultValue("32768") int maxQueueSize,
    @DefaultValue("8192") int maxBatchSize,
    @DefaultValue("200ms") Duration offsetFlush,
    @DefaultValue("10s") Duration heartbeat,
    @DefaultValue("10s") Duration tableCheck,
    @DefaultValue("45s") Duration alertAfter,
    @DefaultValue("1s") Duration firstBackoff,
    @DefaultValue("30s") Duration longestBackoff,
    @DefaultValue Map<Integer, Integer> movedPorts,
    @DefaultValue SourceSettings sources) {

  IngestSettings {
    movedPorts = Map.copyOf(movedPorts);
    require("poll-interval", pollInterval, Duration.ofMillis(1), Duration.ofSeconds(10));
    require("offset-flush", offsetFlush, Duration.ZERO, Duration.ofMinutes(1));
    require("heartbeat", heartbeat, Duration.ofMillis(100), Duration.ofMinutes(10));
    require("table-check", tableCheck, Duration.ofMillis(100), Duration.ofHours(1));
    require("alert-after", alertAfter, Duration.ofMillis(100), Duration.ofHours(1));
    require("first-backoff", firstBackoff, Duration.ofMillis(10), Duration.ofMinutes(1));
    require("longest-backoff", longestBackoff, firstBackoff, Duration.ofMinutes(10));
    if (maxBatchSize < 1 || maxBatchSize > 100_000) {
      throw new IllegalArgumentException(
          "anneal.ingest.max-batch-size must be in [1, 100000], was " + maxBatchSize);
    }
    if (maxQueueSize <= maxBatchSize || maxQueueSize > 1_000_000) {
      throw new IllegalArgumentException(
          "anneal.ingest.max-queue-size must be in (max-batch-size %d, 1000000], was %d"
              .formatted(maxBatchSize, maxQueueSize));
    }
  }

  private static void require(String name, Duration value, Duration least, Duration most) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          "anneal.ingest.%s must be in [%s, %s], was %s".formatted(name, least, most, value));
    }
  }

  Backoff backoff() {
    return new Backoff(firstBackoff, longestBackoff);
  }
}
