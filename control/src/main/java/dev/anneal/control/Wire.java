package dev.anneal.control;

import dev.anneal.control.monitor.Estimate;
import dev.anneal.control.monitor.Event;
import dev.anneal.control.monitor.RunChange;
import dev.anneal.control.monitor.Serving;
import dev.anneal.control.monitor.Trouble;
import dev.anneal.control.schedule.Tick;
import dev.anneal.events.Alert;
import dev.anneal.events.Cause;
import dev.anneal.events.DeployAction;
import dev.anneal.events.DeployCommand;
import dev.anneal.events.Deployment;
import dev.anneal.events.DriftEvent;
import dev.anneal.events.DriftReport;
import dev.anneal.events.EstimateSwitchedOff;
import dev.anneal.events.EstimatedPerformance;
import dev.anneal.events.LifecycleEvent;
import dev.anneal.events.ModelDeployed;
import dev.anneal.events.ModelRejected;
import dev.anneal.events.ModelTrained;
import dev.anneal.events.ModelValidated;
import dev.anneal.events.RetrainingDecision;
import dev.anneal.events.RetryScheduled;
import dev.anneal.events.ScheduleTick;
import dev.anneal.events.TrainCancel;
import dev.anneal.events.TrainRequest;
import dev.anneal.events.TrainingCancelled;
import dev.anneal.events.TrainingFailed;
import dev.anneal.events.TrainingProgress;
import dev.anneal.events.TrainingQueued;
import dev.anneal.events.TrainingStarted;
import dev.anneal.schemas.EventIds;
import dev.anneal.schemas.EventJson;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/// Between control's words and the events of Kafka.
final class Wire {
  /// What the read models do not keep: thousands of numbers for machines.
  private static final Set<String> BULKY = Set.of("referenceProfile", "dataCut");

  private Wire() {}

  static ScheduleTick tick(Tick tick) {
    var schedule = tick.schedule();
    return ScheduleTick.newBuilder()
        .setTickId(
            EventIds.of("tick", schedule.organization(), schedule.model(), tick.scheduledAt()))
        .setOrganization(schedule.organization())
        .setModel(schedule.model())
        .setScheduledAt(tick.scheduledAt())
        .setPattern(schedule.pattern())
        .setTimezone(schedule.timezone())
        .setCaughtUp(tick.caughtUp())
        .build();
  }

  static TrainRequest request(Wish.Train wish, String id, Instant now) {
    return TrainRequest.newBuilder()
        .setRequestId(id)
        .setOrganization(wish.organization())
        .setModel(wish.model())
        .setCause(Cause.MANUAL)
        .setReason(wish.reason())
        .setRequestedBy(wish.requestedBy())
        .setRequestedAt(now)
        .setDataFrom(wish.dataFrom())
        .setDataTo(wish.dataTo())
        .setOverrides(wish.overridesAsText())
        .build();
  }

  static TrainCancel cancel(Wish.Cancel wish, String id, Instant now) {
    return TrainCancel.newBuilder()
        .setCancelId(id)
        .setOrganization(wish.organization())
        .setModel(wish.model())
        .setRequestId(wish.requestId())
        .setRequestedBy(wish.requestedBy())
        .setReason(wish.reason())
        .setRequestedAt(now)
        .build();
  }

  static DeployCommand rollback(Wish.Rollback wish, String id, Instant now) {
    return DeployCommand.newBuilder()
        .setCommandId(id)
        .setOrganization(wish.organization())
        .setModel(wish.model())
        .setAction(DeployAction.ROLLBACK)
        .setToVersion(wish.toVersion())
        .setRequestedBy(wish.requestedBy())
        .setReason(wish.reason())
        .setRequestedAt(now)
        .build();
  }

  static Event event(LifecycleEvent event) {
    return new Event(
        event.getEventId(),
        event.getOrganization(),
        event.getModel(),
        kind(event.getEvent()),
        event.getRequestId(),
        event.getOccurredAt(),
        body(event.getEvent()));
  }

  static Event event(DriftEvent event) {
    String requestId =
        event.getEvent() instanceof RetrainingDecision decision ? decision.getRequestId() : null;
    return new Event(
        event.getEventId(),
        event.getOrganization(),
        event.getModel(),
        kind(event.getEvent()),
        requestId,
        event.getOccurredAt(),
        body(event.getEvent()));
  }

  /// What the event says of its run; null where it says nothing.
  static @Nullable RunChange change(LifecycleEvent event) {
    return switch (event.getEvent()) {
      case TrainingQueued e ->
          new RunChange.Queued(
              e.getCause().name(), e.getReason(), e.getRequestedBy(), e.getCoalescedInto());
      case TrainingStarted e -> new RunChange.Started(e.getAttempt());
      case TrainingProgress e -> new RunChange.Progressed(e.getPhase(), e.getDone(), e.getTotal());
      case ModelTrained e ->
          new RunChange.Trained(
              e.getVersion(), e.getMetrics(), e.getTrainingRows(), e.getTrainingSeconds());
      case TrainingFailed e ->
          new RunChange.Failed(e.getAttempt(), e.getCode(), e.getMessage(), e.getWillRetry());
      case RetryScheduled e -> new RunChange.RetryPlanned(e.getAttempt(), e.getAt());
      case TrainingCancelled e -> new RunChange.Cancelled(e.getRequestedBy(), e.getReason());
      case ModelValidated e -> new RunChange.Validated(e.getVersion());
      case ModelRejected e -> new RunChange.Rejected(e.getVersion(), e.getReason());
      case ModelDeployed e -> new RunChange.Deployed(e.getVersion());
      default -> null; // of no run; the union is open for branches to come
    };
  }

  static Serving.@Nullable Decision decision(DriftEvent event) {
    return event.getEvent() instanceof RetrainingDecision decision
        ? new Serving.Decision(
            event.getOrganization(),
            event.getModel(),
            decision.getDecision().name(),
            decision.getCause().name(),
            decision.getCode(),
            decision.getReason(),
            decision.getRequestId(),
            event.getOccurredAt())
        : null;
  }

  static @Nullable Estimate estimate(DriftEvent event) {
    String organization = event.getOrganization();
    String model = event.getModel();
    return switch (event.getEvent()) {
      case DriftReport report when report.getEstimatedPerformance() != null ->
          Estimate.of(
              organization,
              model,
              report.getVersion(),
              figures(report, report.getEstimatedPerformance()));
      case EstimateSwitchedOff off ->
          Estimate.off(organization, model, off.getVersion(), off.getReason());
      default -> null;
    };
  }

  private static Estimate.Figures figures(DriftReport window, EstimatedPerformance performance) {
    return new Estimate.Figures(
        window.getWindowStart(),
        window.getWindowEnd(),
        performance.getRows(),
        band(performance.getAccuracy()),
        band(performance.getPrecision()),
        band(performance.getRecall()),
        band(performance.getF1()),
        performance.getUnusual());
  }

  private static Estimate.@Nullable Band band(dev.anneal.events.Estimate share) {
    return Double.isNaN(share.getValue())
        ? null
        : new Estimate.Band(share.getValue(), share.getLow(), share.getHigh());
  }

  static Serving serving(Deployment deployment) {
    return new Serving(
        deployment.getDeploymentId(),
        deployment.getOrganization(),
        deployment.getModel(),
        deployment.getVersion(),
        deployment.getPreviousVersion(),
        deployment.getKind().name(),
        deployment.getDeployedAt(),
        deployment.getRequestId(),
        deployment.getRequestedBy(),
        deployment.getReason());
  }

  /// Empty where the alert is no open one about an organization as a whole.
  static Optional<Trouble> trouble(@Nullable Alert alert) {
    return alert == null || alert.getModel() != null || alert.getResolvedAt() != null
        ? Optional.empty()
        : Optional.of(
            new Trouble(
                alert.getAlertId(),
                alert.getOrganization(),
                alert.getKind(),
                alert.getMessage(),
                alert.getRaisedAt()));
  }

  private static String kind(Object event) {
    return event instanceof SpecificRecord known ? known.getSchema().getName() : "Unknown";
  }

  private static Map<String, Object> body(Object event) {
    return event instanceof SpecificRecord known ? EventJson.of(known, BULKY) : Map.of();
  }
}
