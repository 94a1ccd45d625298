package dev.anneal.trainer;

import dev.anneal.events.LifecycleEvent;
import dev.anneal.schemas.ModelKey;
import java.time.InstantSource;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/// Events that are told when the transaction they are written in commits, and only then.
final class Outbox {
  /// Kafka's default for the largest request, less the record's frame.
  static final int MAX_EVENT_BYTES = 1_000_000;

  private final JdbcClient jdbc;
  private final Serializer<LifecycleEvent> serializer;
  private final String topic;
  private final InstantSource clock;

  Outbox(
      JdbcClient jdbc, Serializer<LifecycleEvent> serializer, String topic, InstantSource clock) {
    this.jdbc = jdbc;
    this.serializer = serializer;
    this.topic = topic;
    this.clock = clock;
  }

  /// @param request what led to it; null for a command
  void add(ModelKey key, @Nullable Request request, RunEvent event) {
    var lifecycle = Wire.event(key, request, clock.instant(), event);
    byte[] bytes = serializer.serialize(topic, lifecycle);
    if (bytes.length > MAX_EVENT_BYTES) {
      throw new EventTooLarge(bytes.length);
    }
    jdbc.sql(
            "insert into trainer.outbox (event_id, key, event) values (?, ?, ?) on conflict (event_id) do nothing")
        .params(lifecycle.getEventId(), key.toString(), bytes)
        .update();
  }

  /// An event that the broker would refuse for ever: a profile of very many features.
  static final class EventTooLarge extends RuntimeException {
    EventTooLarge(int bytes) {
      super(
          "the event has %d bytes, more than %d; use fewer features"
              .formatted(bytes, MAX_EVENT_BYTES));
    }
  }
}
