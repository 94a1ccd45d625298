package dev.anneal.control;

import dev.anneal.events.DeadLetter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// A dead letter for people.
///
/// @param origin Kafka topic, or the source table
/// @param value the original; bytes that are no text are in Base64; cut after [#LONGEST]
record RejectedView(
    String stage,
    String code,
    String reason,
    @Nullable String organization,
    @Nullable String origin,
    @Nullable Integer partition,
    @Nullable Long offset,
    @Nullable String key,
    @Nullable String value,
    Instant occurredAt) {
  /// Characters of a key or value.
  static final int LONGEST = 4_000;

  static RejectedView of(DeadLetter letter) {
    String key = text(letter.getKey());
    return new RejectedView(
        letter.getStage(),
        letter.getCode(),
        letter.getReason(),
        letter.getOrganization() == null
            ? organization(letter.getTopic(), key)
            : letter.getOrganization(),
        letter.getTopic(),
        letter.getPartition(),
        letter.getOffset(),
        key,
        text(letter.getValue()),
        letter.getOccurredAt());
  }

  /// Of `anneal.telemetry.acme` and the like, or of the key `acme/pump-failure`.
  private static @Nullable String organization(@Nullable String topic, @Nullable String key) {
    if (topic != null && topic.matches("anneal\\.(telemetry|outcomes|predictions|features)\\..*")) {
      return topic.split("\\.", -1)[2];
    }
    return key != null && key.contains("/") ? key.substring(0, key.indexOf('/')) : null;
  }

  private static @Nullable String text(@Nullable ByteBuffer bytes) {
    if (bytes == null) {
      return null;
    }
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(bytes.duplicate()).toString();
    } catch (CharacterCodingException _) {
      var copy = new byte[bytes.remaining()];
      bytes.duplicate().get(copy);
      text = Base64.getEncoder().encodeToString(copy);
    }
    return text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
  }
}
