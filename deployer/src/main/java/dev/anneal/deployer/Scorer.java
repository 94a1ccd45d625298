package dev.anneal.deployer;

import dev.anneal.events.Alert;
import dev.anneal.events.Prediction;
import dev.anneal.schemas.ModelKey;
import dev.anneal.schemas.RowCodec;
import dev.anneal.schemas.SchemaRegistry;
import dev.anneal.stage.DeadLetters;
import dev.anneal.stage.FailPoint;
import dev.anneal.stage.Publisher;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.springframework.kafka.listener.BatchMessageListener;

/// Scores feature rows as they come: each row of a model that serves becomes a prediction. Rows
/// from before the model's first deployment are passed over. The batch is done when its predictions
/// and alerts are stored, so a crash repeats rows and loses none. One consumer thread calls it.
final class Scorer implements BatchMessageListener<String, byte[]> {
  /// Where results go.
  interface Sink {
    CompletableFuture<Void> send(Prediction prediction, long timestampMillis);

    CompletableFuture<Void> send(Alert alert);
  }

  private record Decoded(ConsumerRecord<String, byte[]> origin, RowCodec.Row row) {}

  /// The codec of a topic for the columns of the version that serves it.
  private record Reader(List<String> features, RowCodec codec) {}

  private final ServingModels serving;
  private final Definitions definitions;
  private final FailureAlerts alerts;
  private final FeatureAlerts featureAlerts;
  private final SchemaRegistry registry;
  private final DeadLetters deadLetters;
  private final Sink sink;
  private final InstantSource clock;
  private final Map<ModelKey, Reader> readers = new HashMap<>();

  /// Alerts of this batch and of ones before it that could not be stored: looking at their rows
  /// again would not raise them again.
  private final Map<String, Alert> unstored = new LinkedHashMap<>();

  Scorer(
      ServingModels serving,
      Definitions definitions,
      FailureAlerts alerts,
      FeatureAlerts featureAlerts,
      SchemaRegistry registry,
      DeadLetters deadLetters,
      Sink sink,
      InstantSource clock) {
    this.serving = serving;
    this.definitions = definitions;
    this.alerts = alerts;
    this.featureAlerts = featureAlerts;
    this.registry = registry;
    this.deadLetters = deadLetters;
    this.sink = sink;
    this.clock = clock;
  }

  @Override
  public void onMessage(List<ConsumerRecord<String, byte[]>> records) {
    var byModel = new LinkedHashMap<ModelKey, List<ConsumerRecord<String, byte[]>>>();
    records.forEach(r -> byModel.computeIfAbsent(key(r.topic()), _ -> new ArrayList<>()).add(r));
    var sent = new ArrayList<CompletableFuture<Void>>();
    byModel.forEach((key, ofModel) -> sent.addAll(score(key, ofModel)));
    unstored.values().forEach(alert -> sent.add(sink.send(alert)));
    sent.forEach(Publisher::await);
    unstored.clear();
    FailPoint.DEPLOYER_PREDICTIONS_SENT.hit();
  }

  private List<CompletableFuture<Void>> score(
      ModelKey key, List<ConsumerRecord<String, byte[]>> records) {
    var definition = definitions.find(key);
    var acquired = serving.acquire(key);
    if (acquired.isEmpty()) {
      return List.of();
    }
    try (var version = acquired.get()) {
      if (definition.isEmpty()) {
        return List.of();
      }
      List<Decoded> rows = decode(codec(version.version()), records);
      return publish(definition.get(), version, rows);
    }
  }

  private List<Decoded> decode(RowCodec codec, List<ConsumerRecord<String, byte[]>> records) {
    var rows = new ArrayList<Decoded>(records.size());
    for (var record : records) {
      if (record.value() == null) {
        deadLetters.reject(record, "no-value", "a feature row without a value says nothing");
        continue;
      }
      try {
        rows.add(new Decoded(record, codec.decode(record.value())));
      } catch (SerializationException e) {
        deadLetters.reject(record, "malformed-avro", String.valueOf(e.getMessage()));
      }
    }
    return rows;
  }

  private List<CompletableFuture<Void>> publish(
      ModelDefinition definition, LoadedVersion version, List<Decoded> rows) {
    if (!rows.isEmpty()) {
      featureAlerts
          .look(definition, version.version(), rows.getFirst().row().eventTimeMicros())
          .forEach(this::remember);
    }
    float[] scores;
    try {
      scores =
          version.model().scores(matrix(rows, version.version().features().size()), rows.size());
    } catch (IllegalStateException e) {
      // a model that fails must not stop the others
      rows.forEach(
          r -> deadLetters.reject(r.origin(), "scoring-failed", String.valueOf(e.getMessage())));
      return List.of();
    }
    var sent = new ArrayList<CompletableFuture<Void>>(rows.size());
    for (int i = 0; i < scores.length; i++) {
      var row = rows.get(i).row();
      var prediction =
          Wire.prediction(
              version, row, scores[i], definition.isConfident(scores[i]), clock.instant());
      sent.add(sink.send(prediction, Math.floorDiv(row.eventTimeMicros(), 1_000L)));
      alerts
          .look(definition, row.asset(), row.eventTimeMicros(), scores[i])
          .ifPresent(this::remember);
    }
    return sent;
  }

  /// An alert raised and resolved in one batch is published as both, in this order.
  private void remember(Alert alert) {
    unstored.put(alert.getAlertId() + alert.getResolvedAt(), alert);
  }

  private static float[] matrix(List<Decoded> rows, int width) {
    var matrix = new float[rows.size() * width];
    for (int i = 0; i < rows.size(); i++) {
      double[] values = rows.get(i).row().values();
      for (int j = 0; j < width; j++) {
        matrix[i * width + j] = (float) values[j];
      }
    }
    return matrix;
  }

  private RowCodec codec(VersionRef version) {
    var reader = readers.get(version.key());
    if (reader == null || !reader.features().equals(version.features())) {
      var key = version.key();
      reader =
          new Reader(
              version.features(),
              RowCodec.features(key.organization(), key.model(), version.features(), registry));
      readers.put(key, reader);
    }
    return reader.codec();
  }

  /// `anneal.features.<org>.<model>`; names have no dots.
  private static ModelKey key(String topic) {
    String[] parts = topic.split("\\.", -1);
    return new ModelKey(parts[2], parts[3]);
  }
}
