package dev.anneal.stage;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How topics are made that do not exist yet.
///
/// @param partitions of every topic but `anneal.models`, which has one; topics keyed by model must
///     agree, so there is one number
/// @param replicationFactor copies of every partition
/// @param create false where topics are made by an operator
@ConfigurationProperties("anneal.topics")
public record TopicSettings(
    @DefaultValue("2") int partitions,
    @DefaultValue("1") short replicationFactor,
    @DefaultValue("true") boolean create) {
  public TopicSettings {
    if (partitions < 1 || partitions > 1_000) {
      throw new IllegalArgumentException(
          "anneal.topics.partitions must be in [1, 1000], was " + partitions);
    }
    if (replicationFactor < 1) {
      throw new IllegalArgumentException(
          "anneal.topics.replication-factor must be at least 1, was " + replicationFactor);
    }
  }
}
