package dev.anneal.featurestream;

import dev.anneal.schemas.Stage;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.streams.StreamsConfig;

/// How Kafka Streams runs. What the user's own Kafka properties say goes before our tuning, not
/// before our promises.
final class StreamsProperties {
  static final String APPLICATION_ID = Stage.FEATURE_STREAM.groupId();

  /// Longer than a stream thread may stand still with a transaction open, for other partitions:
  /// [DefinitionWaits] (2 min), a registry and a log that are away (a minute each), a deepest
  /// [Rebuild] (half a minute). Kafka Streams' 10 s would abort it, and all states would be made
  /// anew, which takes as long again. A broker allows 15 min by default. What a killed process left
  /// open does not wait for it: [StreamsClients].
  static final Duration TRANSACTION_TIMEOUT = Duration.ofMinutes(5);

  /// Until a thread that does not poll loses its partitions: the same pauses, and the rows of a
  /// poll.
  private static final Duration LONGEST_SILENCE = Duration.ofMinutes(10);

  /// Kafka's default, not Kafka Streams': a process that stands still for half a minute keeps its
  /// partitions; the next start of an instance id takes them at once.
  private static final int SESSION_MILLIS = 45_000;

  private static final int CACHE_BYTES = 64 << 20;

  private StreamsProperties() {}

  /// @param kafka connection and client properties
  static Properties of(Map<String, Object> kafka, FeatureStreamSettings settings) {
    var all = new Properties();
    all.putAll(tuning());
    all.putAll(kafka);
    all.putAll(promises(settings));
    return all;
  }

  private static Map<String, Object> tuning() {
    var tuning = new HashMap<String, Object>();
    // measured, 1.3 to 1.5 times the rows of Kafka's defaults
    // lingering less costs a third of the rows, at-least-once too, and saves 5 ms of some 20
    tuning.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 5);
    tuning.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 256 * 1024);
    tuning.put(StreamsConfig.producerPrefix(ProducerConfig.BUFFER_MEMORY_CONFIG), 64L << 20);
    tuning.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
    // as many as stay in a core's cache until they are processed
    tuning.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 1_000);
    // no input waits for another: features need no order between them, and asking which of an
    // instance's topics have records costs a look at all of them per record. Losses
    // wait for the outcomes themselves: KnownOutcomes
    tuning.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, StreamsConfig.MAX_TASK_IDLE_MS_DISABLED);
    tuning.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, CACHE_BYTES);
    tuning.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), SESSION_MILLIS);
    return tuning;
  }

  private static Map<String, Object> promises(FeatureStreamSettings settings) {
    var promises = new HashMap<String, Object>();
    promises.put(StreamsConfig.APPLICATION_ID_CONFIG, APPLICATION_ID);
    // that of 4.3 for streams knows neither patterns nor static members: decision 005
    promises.put(StreamsConfig.GROUP_PROTOCOL_CONFIG, "classic");
    promises.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, settings.processingGuarantee().kafka());
    promises.put(
        StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG),
        (int) TRANSACTION_TIMEOUT.toMillis());
    promises.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG),
        (int) LONGEST_SILENCE.toMillis());
    promises.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, settings.commitsEvery().toMillis());
    promises.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, settings.threads());
    promises.put(StreamsConfig.STATE_DIR_CONFIG, settings.stateDirectory().toString());
    promises.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
    promises.put("processing.exception.handler.global.enabled", true);
    var instanceId = settings.instanceId();
    if (instanceId != null) {
      promises.put(
          StreamsConfig.consumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG), instanceId);
    }
    promises.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    promises.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.ISOLATION_LEVEL_CONFIG), "read_committed");
    promises.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.METADATA_MAX_AGE_CONFIG),
        1_000); // new organizations' topics
    // internal topics carry event times, which may lie ahead of the broker's clock
    promises.put(
        StreamsConfig.topicPrefix(TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG),
        Long.toString(Long.MAX_VALUE));
    return promises;
  }
}
