package dev.anneal.stage;

import dev.anneal.events.DeadLetter;
import dev.anneal.schemas.Stage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Records the stage could not use, on `anneal.deadletters.<stage>`.
public final class DeadLetters {
  private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);

  private final Stage stage;
  private final Publisher<DeadLetter> publisher;
  private final InstantSource clock;

  DeadLetters(Stage stage, Publisher<DeadLetter> publisher, InstantSource clock) {
    this.stage = stage;
    this.publisher = publisher;
    this.clock = clock;
  }

  /// A Kafka record; returns when the dead letter is stored.
  public void reject(ConsumerRecord<String, byte[]> record, String code, String reason) {
    LOG.warn(
        "rejected {}-{}@{}: {}: {}",
        record.topic(),
        record.partition(),
        record.offset(),
        code,
        reason);
    publisher.sendAndWait(
        String.valueOf(record.key()),
        letter(code, reason)
            .setTopic(record.topic())
            .setPartition(record.partition())
            .setOffset(record.offset())
            .setKey(
                record.key() == null
                    ? null
                    : ByteBuffer.wrap(record.key().getBytes(StandardCharsets.UTF_8)))
            .setValue(record.value() == null ? null : ByteBuffer.wrap(record.value()))
            .build());
  }

  /// Something that was no Kafka record: a database row, say.
  ///
  /// @param origin where it came from, e.g. `public.readings`
  /// @param value its original bytes
  /// @return completes when the dead letter is stored
  public CompletableFuture<Void> reject(
      @Nullable String organization,
      String origin,
      String key,
      byte[] value,
      String code,
      String reason) {
    var letter =
        letter(code, reason)
            .setOrganization(organization)
            .setTopic(origin)
            .setKey(ByteBuffer.wrap(key.getBytes(StandardCharsets.UTF_8)))
            .setValue(ByteBuffer.wrap(value));
    return publisher.send(key, letter.build());
  }

  /// What a failure says of the record that led to it.
  static RejectedRecord asRejection(Throwable failure) {
    Throwable cause = failure;
    while (cause != null) {
      if (cause instanceof RejectedRecord rejected) {
        return rejected;
      }
      if (cause instanceof SerializationException) {
        return new RejectedRecord("malformed-avro", String.valueOf(cause.getMessage()));
      }
      if (cause.getCause() == null) {
        break;
      }
      cause = cause.getCause();
    }
    Throwable root = cause instanceof CompletionException ? failure : cause;
    return new RejectedRecord("processing-failed", String.valueOf(root));
  }

  private DeadLetter.Builder letter(String code, String reason) {
    return DeadLetter.newBuilder()
        .setStage(stage.id())
        .setCode(code)
        .setReason(reason)
        .setOccurredAt(clock.instant());
  }
}
