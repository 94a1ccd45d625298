package dev.anneal.featurestream;

import dev.anneal.events.Alert;
import dev.anneal.events.DeadLetter;
import dev.anneal.events.DriftEvent;
import dev.anneal.events.TrainRequest;
import dev.anneal.policy.PolicyEvent;
import dev.anneal.schemas.AvroSerde;
import dev.anneal.schemas.ModelKey;
import dev.anneal.schemas.SchemaRegistry;
import dev.anneal.schemas.Stage;
import dev.anneal.schemas.Topic;
import dev.anneal.schemas.Topics;
import dev.anneal.stage.CloudEventHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/// What a processor sends, and to which of its children. Feature rows have their event time as
/// timestamp; events, which are of now, the clock's.
final class Outbox {
  private static final Topic<DeadLetter> DEAD_LETTERS = Topics.deadLetters(Stage.FEATURE_STREAM);

  private final ProcessorContext<byte[], Outgoing> context;
  private final String sink;
  private final String counts;
  private final Serializer<DriftEvent> drift;
  private final Serializer<Alert> alerts;
  private final Serializer<TrainRequest> requests;
  private final Serializer<DeadLetter> deadLetters;

  /// @param sink name of the child that writes records to their topics
  /// @param counts name of the child that hears what is for the policies
  Outbox(
      ProcessorContext<byte[], Outgoing> context,
      String sink,
      String counts,
      SchemaRegistry registry) {
    this.context = context;
    this.sink = sink;
    this.counts = counts;
    this.alerts = new AvroSerde<>(Alert.class, registry).serializer();
    this.drift = new AvroSerde<>(DriftEvent.class, registry).serializer();
    this.requests = new AvroSerde<>(TrainRequest.class, registry).serializer();
    this.deadLetters = new AvroSerde<>(DeadLetter.class, registry).serializer();
  }

  /// @param eventTimeMicros microseconds since 1970, not before
  void features(String topic, byte[] asset, byte[] row, long eventTimeMicros) {
    context.forward(new Record<>(asset, new Outgoing(topic, row), eventTimeMicros / 1_000), sink);
  }

  void policy(Model model, Message message, long eventTimeMicros) {
    var outgoing = new Outgoing("", JsonCodec.encode(message));
    long timestamp = Math.max(0, eventTimeMicros / 1_000);
    context.forward(new Record<>(bytes(model.key()), outgoing, timestamp), counts);
  }

  void report(Model model, WindowJudge.Judged window) {
    send(Topics.DRIFT, drift, model.key(), WireDrift.driftEvent(model, window));
  }

  /// Labels disagree with the version's estimates; this is the last of them.
  void estimateOff(Model model, Message.Loss last) {
    send(Topics.DRIFT, drift, model.key(), WireDrift.estimateOff(model, last));
  }

  void alert(ModelKey model, SensorAlerts.Change change) {
    send(Topics.ALERTS, alerts, change.alert().alertId(), Wire.alert(model, change));
  }

  void requested(Model model, PolicyEvent.Requested requested) {
    send(Topics.DRIFT, drift, model.key(), WireDrift.decision(model, requested));
    send(Topics.TRAIN_REQUESTS, requests, model.key(), Wire.trainRequest(model, requested, now()));
  }

  void suppressed(Model model, PolicyEvent.Suppressed suppressed) {
    send(Topics.DRIFT, drift, model.key(), WireDrift.decision(model, suppressed));
  }

  /// Rejects the record that is being processed.
  void reject(
      Record<String, byte[]> record, @Nullable String organization, String code, String reason) {
    reject(record.key(), record.value(), organization, code, reason);
  }

  /// Rejects the record that is being processed, which has this key and value.
  void reject(
      @Nullable String key,
      byte @Nullable [] value,
      @Nullable String organization,
      String code,
      String reason) {
    var origin = context.recordMetadata();
    reject(
        new Rejection(
            code,
            reason,
            organization,
            origin.map(o -> o.topic()).orElse(null),
            origin.map(o -> o.partition()).orElse(null),
            origin.map(o -> o.offset()).orElse(null),
            key,
            value));
  }

  void reject(Rejection rejection) {
    send(
        DEAD_LETTERS,
        deadLetters,
        String.valueOf(rejection.key()),
        Wire.deadLetter(rejection, now()));
  }

  private <V extends SpecificRecord> void send(
      Topic<V> topic, Serializer<V> serializer, String key, V value) {
    byte[] bytes = Patience.retry(() -> serializer.serialize(topic.name(), value));
    var headers = new RecordHeaders(CloudEventHeaders.of(value));
    context.forward(
        new Record<>(
            bytes(key), new Outgoing(topic.name(), bytes), context.currentSystemTimeMs(), headers),
        sink);
  }

  private static byte[] bytes(String key) {
    return key.getBytes(StandardCharsets.UTF_8);
  }

  private Instant now() {
    return Instant.ofEpochMilli(context.currentSystemTimeMs());
  }
}
