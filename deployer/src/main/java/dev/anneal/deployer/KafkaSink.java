package dev.anneal.deployer;

import dev.anneal.events.Alert;
import dev.anneal.events.Prediction;
import dev.anneal.schemas.Topics;
import dev.anneal.stage.Publisher;
import dev.anneal.stage.StageKafka;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// Predictions to their organization's topic, alerts to theirs.
final class KafkaSink implements Scorer.Sink {
  private final StageKafka kafka;
  private final Publisher<Alert> alerts;
  private final ConcurrentMap<String, Publisher<Prediction>> predictions =
      new ConcurrentHashMap<>();

  KafkaSink(StageKafka kafka) {
    this.kafka = kafka;
    this.alerts = kafka.publisher(Topics.ALERTS);
  }

  @Override
  public CompletableFuture<Void> send(Prediction prediction, long timestampMillis) {
    return predictions
        .computeIfAbsent(
            prediction.getOrganization(), name -> kafka.publisher(Topics.predictions(name)))
        .send(prediction.getAsset(), prediction, timestampMillis);
  }

  @Override
  public CompletableFuture<Void> send(Alert alert) {
    return alerts.send(alert.getAlertId(), alert);
  }
}
