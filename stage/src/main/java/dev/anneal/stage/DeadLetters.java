package dev.anneal.stage;

import dev.anneal.events.DeadLetter;
import dev.anneal.schemas.Stage;
import dev.anneal.schemas.Texts;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Records the stage could not use, on `anneal.deadletters.<stage>`. What is kept of one is
/// bounded, so that a dead letter is smaller than the largest record a broker takes (1 MB); the
/// original is where the letter says that it came from.
public final class DeadLetters {
  /// Bytes of a value; of a longer one the size and the digest are kept too.
  public static final int LONGEST_VALUE = 256 << 10;

  /// Bytes of a key.
  static final int LONGEST_KEY = 1 << 10;

  /// Characters of a reason.
  static final int LONGEST_REASON = 2_000;

  private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);

  /// Characters of a reason in the log.
  private static final int LONGEST_LINE = 500;

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
        Texts.inLine(reason, LONGEST_LINE));
    String key = record.key();
    publisher.sendAndWait(
        Texts.cut(String.valueOf(key), LONGEST_KEY),
        letter(code, reason, key == null ? null : utf8(key), record.value())
            .setTopic(record.topic())
            .setPartition(record.partition())
            .setOffset(record.offset())
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
        letter(code, reason, utf8(key), value).setOrganization(organization).setTopic(origin);
    return publisher.send(Texts.cut(key, LONGEST_KEY), letter.build());
  }

  /// What a failure says of the record that led to it.
  static RejectedRecord asRejection(Throwable failure) {
    Throwable cause = failure;
    while (cause != null) {
      if (cause instanceof RejectedRecord rejected) {
        return rejected;
      }
      if (cause instanceof SerializationException) {
        return new RejectedRecord("malformed-avro", Redaction.of(cause));
      }
      if (cause.getCause() == null) {
        break;
      }
      cause = cause.getCause();
    }
    Throwable root = cause instanceof CompletionException ? failure : cause;
    return new RejectedRecord("processing-failed", Redaction.of(String.valueOf(root)));
  }

  private DeadLetter.Builder letter(
      String code, String reason, byte @Nullable [] key, byte @Nullable [] value) {
    var letter = DeadLetter.newBuilder().setStage(stage.id()).setCode(code).setReason(reason);
    return bounded(letter.setOccurredAt(clock.instant()), key, value);
  }

  /// Sets key and value as far as they are kept, and cuts the reason.
  ///
  /// @param letter has its reason
  public static DeadLetter.Builder bounded(
      DeadLetter.Builder letter, byte @Nullable [] key, byte @Nullable [] value) {
    letter.setReason(Texts.cut(letter.getReason(), LONGEST_REASON));
    letter.setKey(key == null ? null : beginning(key, LONGEST_KEY));
    if (value != null) {
      letter.setValue(beginning(value, LONGEST_VALUE)).setValueSize((long) value.length);
      letter.setValueSha256(value.length > LONGEST_VALUE ? sha256(value) : null);
    }
    return letter;
  }

  private static ByteBuffer beginning(byte[] bytes, int most) {
    return ByteBuffer.wrap(bytes.length > most ? Arrays.copyOf(bytes, most) : bytes);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
