package dev.anneal.schemas;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;

/// One topic of events, or one pattern of them where `name` ends in a placeholder.
///
/// @param name full name; `<org>` and `<model>` stand for the organization's and the model's name
/// @param type class of the values, [RowCodec.Row] for telemetry and features
/// @param key what the record key holds
/// @param writers stages that may write it; [Stage#CLIENT] among them: anyone may ask
/// @param readers stages that read it
/// @param retention what the broker keeps
public record Topic<V>(
    String name,
    Class<V> type,
    String key,
    Set<Stage> writers,
    Set<Stage> readers,
    Retention retention) {

  /// What the broker keeps of a topic.
  public sealed interface Retention {
    /// The newest record of each key.
    record Compacted() implements Retention {}

    /// Everything younger than `age`; [Duration#ZERO]: everything.
    record For(Duration age) implements Retention {}
  }

  /// The broker's clock orders what clients ask for: theirs may be anything.
  public static final Map<String, String> APPEND_TIME =
      Map.of("message.timestamp.type", "LogAppendTime");

  public Topic {
    writers = Set.copyOf(writers);
    readers = Set.copyOf(readers);
  }

  /// The registry subject of the values (TopicNameStrategy).
  public String subject() {
    return name + "-value";
  }

  /// Settings to create the topic with.
  public Map<String, String> configuration() {
    var configuration = new HashMap<String, String>();
    configuration.put("message.timestamp.type", "CreateTime");
    switch (retention) {
      case Retention.Compacted() -> configuration.put("cleanup.policy", "compact");
      case Retention.For(Duration age) -> {
        configuration.put("cleanup.policy", "delete");
        configuration.put("retention.ms", age.isZero() ? "-1" : Long.toString(age.toMillis()));
        // age counts from when the broker got a record: its event time may be of last year, in a
        // replay
        configuration.put("message.timestamp.type", age.isZero() ? "CreateTime" : "LogAppendTime");
      }
    }
    if (isOfClients()) {
      configuration.putAll(APPEND_TIME);
    }
    // event time stands in the record's timestamp and may lie far from the broker's clock
    configuration.put(
        "message.timestamp.after.max.ms",
        Long.toString(Long.MAX_VALUE)); // the default refuses > 1 h
    // rows of assets are many, so their producers compress (lz4); events are few, and clients
    // without a codec read them
    configuration.put("compression.type", key.equals("asset") ? "producer" : "uncompressed");
    return configuration;
  }

  /// Whether any client may write it.
  public boolean isOfClients() {
    return writers.contains(Stage.CLIENT);
  }

  /// Whether the values are Avro records with a fixed schema.
  public boolean isEvent() {
    return SpecificRecord.class.isAssignableFrom(type);
  }
}
