package dev.anneal.featurestream;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;

/// Records in the state stores and on the internal topic as JSON: they are few, evolve by adding
/// fields, and can be read where state has to be looked at. Rows and counts have their own
/// encodings.
final class JsonCodec {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .addMixIn(Message.class, MessageTypes.class)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Message.Progress.class, name = "progress"),
    @JsonSubTypes.Type(value = Message.CountingStarted.class, name = "counting-started"),
    @JsonSubTypes.Type(value = Message.DayCounts.class, name = "day-counts"),
    @JsonSubTypes.Type(value = Message.OfScores.class, name = "of-scores"),
    @JsonSubTypes.Type(value = Message.Loss.class, name = "loss")
  })
  private interface MessageTypes {}

  private JsonCodec() {}

  static byte[] encode(Object value) {
    try {
      return JSON.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write " + value, e);
    }
  }

  /// @throws IllegalStateException when the bytes were written by something else
  static <T> T decode(byte[] bytes, Class<T> type) {
    try {
      return JSON.readValue(bytes, type);
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + type.getSimpleName(), e);
    }
  }
}
