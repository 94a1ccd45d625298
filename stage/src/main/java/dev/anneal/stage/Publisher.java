package dev.anneal.stage;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.core.KafkaOperations;

/// Writes one topic, in the order of the calls for each key.
public final class Publisher<V> {
  private final String topic;
  private final Serializer<V> serializer;
  private final KafkaOperations<String, byte[]> kafka;

  Publisher(String topic, Serializer<V> serializer, KafkaOperations<String, byte[]> kafka) {
    this.topic = topic;
    this.serializer = serializer;
    this.kafka = kafka;
  }

  /// @return completes when every in-sync replica has the record, exceptionally when that cannot be
  public CompletableFuture<Void> send(String key, V value) {
    return send(key, value, null);
  }

  /// @param timestampMillis event time for the record's timestamp; null: now
  public CompletableFuture<Void> send(String key, V value, @Nullable Long timestampMillis) {
    byte[] bytes = serializer.serialize(topic, value);
    var headers = CloudEventHeaders.of(value);
    return kafka
        .send(new ProducerRecord<>(topic, null, timestampMillis, key, bytes, headers))
        .thenApply(_ -> null);
  }

  /// Writes a record without a key to every partition of the topic.
  ///
  /// @param timestampMillis event time for the record's timestamp
  /// @return as of [#send], for all of them
  public CompletableFuture<Void> sendToEveryPartition(V value, long timestampMillis) {
    byte[] bytes = serializer.serialize(topic, value);
    var headers = CloudEventHeaders.of(value);
    return CompletableFuture.allOf(
        kafka.partitionsFor(topic).stream()
            .map(
                to ->
                    new ProducerRecord<String, byte[]>(
                        topic, to.partition(), timestampMillis, null, bytes, headers))
            .map(kafka::send)
            .toArray(CompletableFuture[]::new));
  }

  /// Returns when every in-sync replica has the record.
  public void sendAndWait(String key, V value) {
    await(send(key, value));
  }

  /// Waits for what was sent. Throws the failure itself and not its wrapping: who decides whether
  /// to try again looks at its type.
  public static void await(CompletableFuture<Void> sent) {
    try {
      sent.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  /// Removes the key from a compacted topic.
  @SuppressWarnings("NullAway") // null is Kafka's tombstone
  public CompletableFuture<Void> delete(String key) {
    return kafka.send(new ProducerRecord<>(topic, key, null)).thenApply(_ -> null);
  }
}
