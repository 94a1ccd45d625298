package dev.anneal.notifier;

import dev.anneal.events.Alert;
import dev.anneal.events.Check;
import dev.anneal.events.Decision;
import dev.anneal.events.Definition;
import dev.anneal.events.Delivery;
import dev.anneal.events.DriftEvent;
import dev.anneal.events.DriftReport;
import dev.anneal.events.DriftVerdict;
import dev.anneal.events.FeatureDrift;
import dev.anneal.events.LifecycleEvent;
import dev.anneal.events.ModelDefinition;
import dev.anneal.events.ModelDeployed;
import dev.anneal.events.ModelRejected;
import dev.anneal.events.ModelRolledBack;
import dev.anneal.events.ModelTrained;
import dev.anneal.events.Notification;
import dev.anneal.events.RetrainingDecision;
import dev.anneal.events.TrainingFailed;
import dev.anneal.notifier.News.DriftedFeature;
import dev.anneal.notifier.News.Subject;
import dev.anneal.schemas.ModelKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Between the notifier's words and the events of Kafka.
final class Wire {
  private Wire() {}

  /// Empty where the event is nothing to tell: progress, and failures that are tried again.
  static Optional<News> news(LifecycleEvent event) {
    var subject =
        new Subject(
            event.getEventId(), event.getOrganization(), event.getModel(), event.getOccurredAt());
    return Optional.ofNullable(
        switch (event.getEvent()) {
          case ModelTrained e ->
              new News.Trained(
                  subject,
                  e.getVersion(),
                  e.getMetrics(),
                  e.getTrainingRows(),
                  e.getTrainingSeconds());
          case TrainingFailed e when !e.getWillRetry() ->
              new News.Failed(subject, e.getCode(), e.getMessage(), e.getAttempt());
          case ModelRejected e ->
              new News.Rejected(
                  subject,
                  e.getVersion(),
                  e.getChampionVersion(),
                  e.getReason(),
                  failed(e.getChecks()));
          case ModelDeployed e ->
              new News.Deployed(subject, e.getVersion(), e.getPreviousVersion());
          case ModelRolledBack e ->
              new News.RolledBack(
                  subject, e.getFromVersion(), e.getToVersion(), e.getRequestedBy(), e.getReason());
          default -> null; // the union is open for branches to come
        });
  }

  private static List<String> failed(List<Check> checks) {
    return checks.stream().filter(c -> !c.getPassed()).map(Check::getMessage).toList();
  }

  /// Remembers what drifted, and tells of a retraining that was asked for.
  static Optional<News> news(DriftEvent event, DriftMemory memory) {
    String model = new ModelKey(event.getOrganization(), event.getModel()).toString();
    return switch (event.getEvent()) {
      case DriftReport report -> {
        if (report.getVerdict() == DriftVerdict.DRIFT) {
          memory.remember(
              model,
              report.getFeatures().stream()
                  .filter(FeatureDrift::getDrifted)
                  .map(Wire::drifted)
                  .toList());
        }
        yield Optional.empty();
      }
      case RetrainingDecision decision when decision.getDecision() == Decision.REQUESTED -> {
        var subject =
            new Subject(
                event.getEventId(),
                event.getOrganization(),
                event.getModel(),
                event.getOccurredAt());
        boolean byDrift = decision.getCause() == dev.anneal.events.Cause.DRIFT;
        yield Optional.of(
            new News.RetrainingRequested(
                subject,
                decision.getCause().name(),
                decision.getReason(),
                byDrift ? memory.of(model) : List.of()));
      }
      default -> Optional.empty(); // suppressed, or a branch to come
    };
  }

  private static DriftedFeature drifted(FeatureDrift feature) {
    return new DriftedFeature(
        feature.getName(), feature.getStatistic(), feature.getValue(), feature.getPValue());
  }

  static News.Alert alert(Alert alert) {
    return new News.Alert(
        alert.getAlertId(),
        alert.getOrganization(),
        alert.getModel(),
        alert.getAsset(),
        alert.getKind(),
        alert.getSeverity().name(),
        alert.getMessage(),
        alert.getValue(),
        alert.getRaisedAt(),
        alert.getResolvedAt());
  }

  /// @param definition null for a tombstone
  static void define(Audience audience, String key, @Nullable Definition definition) {
    if (definition == null) {
      audience.remove(key);
    } else if (definition.getDefinition() instanceof ModelDefinition model) {
      audience.define(
          key, new Audience.Wishes(model.getNotifyOnSuccess(), model.getNotifyOnFailure()));
    }
  }

  static Notification notification(
      Message message, String channel, Sender.Delivery delivery, Instant now) {
    return Notification.newBuilder()
        .setEventId(message.subject().eventId())
        .setOrganization(message.subject().organization())
        .setModel(message.subject().model())
        .setChannel(channel)
        .setText(message.line())
        .setDelivery(
            switch (delivery) {
              case SLACK -> Delivery.SLACK;
              case WEBHOOK -> Delivery.WEBHOOK;
              case PRINTED -> Delivery.PRINTED;
            })
        .setNotifiedAt(now)
        .build();
  }
}
