package dev.anneal.trainer;

import dev.anneal.drift.Extent;
import dev.anneal.events.Cause;
import dev.anneal.events.CommandRejected;
import dev.anneal.events.DataCut;
import dev.anneal.events.Definition;
import dev.anneal.events.FeatureExtent;
import dev.anneal.events.FeatureProfile;
import dev.anneal.events.LifecycleEvent;
import dev.anneal.events.ModelDefinition;
import dev.anneal.events.ModelTrained;
import dev.anneal.events.Outcome;
import dev.anneal.events.PartitionRange;
import dev.anneal.events.PerformanceEstimator;
import dev.anneal.events.ReferenceProfile;
import dev.anneal.events.RegimeSettings;
import dev.anneal.events.RetryScheduled;
import dev.anneal.events.TrainCancel;
import dev.anneal.events.TrainRequest;
import dev.anneal.events.TrainingCancelled;
import dev.anneal.events.TrainingFailed;
import dev.anneal.events.TrainingProgress;
import dev.anneal.events.TrainingQueued;
import dev.anneal.events.TrainingStarted;
import dev.anneal.features.FeatureDefinition;
import dev.anneal.schemas.ClientFields;
import dev.anneal.schemas.EventIds;
import dev.anneal.schemas.Micros;
import dev.anneal.schemas.ModelKey;
import dev.anneal.schemas.Texts;
import dev.anneal.stage.RejectedRecord;
import dev.anneal.trainer.xgboost.TrainingTask;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Avro events to and from the trainer's own words.
final class Wire {
  /// Characters of what went wrong; an exception may quote any amount of data.
  private static final int LONGEST_MESSAGE = 4_000;

  private Wire() {}

  /// @param received when the broker got it
  /// @throws RejectedRecord when no event could name the request
  static Request request(TrainRequest from, Instant received) {
    RejectedRecord.require(
        "invalid-request",
        new ClientFields()
            .id("requestId", from.getRequestId())
            .id("organization", from.getOrganization())
            .id("model", from.getModel()));
    var fields = fields(from, received);
    boolean isUsable = fields.isEmpty();
    return new Request(
        from.getRequestId(),
        new ModelKey(from.getOrganization(), from.getModel()),
        from.getCause().name(),
        isUsable ? from.getReason() : "",
        isUsable ? from.getRequestedBy() : "",
        received,
        isUsable ? microsOrNull(from.getDataFrom()) : null,
        isUsable ? microsOrNull(from.getDataTo()) : null,
        isUsable ? from.getOverrides() : Map.of(),
        isUsable ? from.getTraceparent() : null,
        fields.orElse(null));
  }

  private static Optional<String> fields(TrainRequest from, Instant received) {
    var dataFrom = from.getDataFrom();
    var dataTo = from.getDataTo();
    return new ClientFields()
        .text("reason", from.getReason())
        .text("requestedBy", from.getRequestedBy())
        .optionalId("traceparent", from.getTraceparent())
        .texts("overrides", from.getOverrides())
        .requestTime("requestedAt", from.getRequestedAt(), received)
        .dataTime("dataFrom", dataFrom)
        .dataTime("dataTo", dataTo)
        .message()
        .or(
            () ->
                dataFrom != null && dataTo != null && !dataFrom.isBefore(dataTo)
                    ? Optional.of("dataFrom must be before dataTo")
                    : Optional.empty());
  }

  /// @throws RejectedRecord when it cannot be used as it is
  static Cancel cancel(TrainCancel from, Instant received) {
    RejectedRecord.require(
        "invalid-command",
        new ClientFields()
            .id("cancelId", from.getCancelId())
            .id("organization", from.getOrganization())
            .id("model", from.getModel())
            .optionalId("requestId", from.getRequestId())
            .text("requestedBy", from.getRequestedBy())
            .text("reason", from.getReason())
            .requestTime("requestedAt", from.getRequestedAt(), received));
    return new Cancel(
        from.getCancelId(),
        new ModelKey(from.getOrganization(), from.getModel()),
        from.getRequestId(),
        from.getRequestedBy(),
        from.getReason());
  }

  /// Empty for an organization's definition.
  static Optional<ModelSpec> model(Definition from) {
    return from.getDefinition() instanceof ModelDefinition model
        ? Optional.of(
            new ModelSpec(
                new ModelKey(model.getOrganization(), model.getModel()),
                model.getTask(),
                model.getFailureWithinSeconds(),
                features(model),
                regimes(model.getRegimes()),
                model.getHyperparameters(),
                model.getRetryAttempts()))
        : Optional.empty();
  }

  private static FeatureDefinition features(ModelDefinition model) {
    var settings = model.getFeatures();
    return new FeatureDefinition(
        model.getSensors(),
        model.getLagSeconds(),
        settings.getDeltaSeconds(),
        model.getRollingWindows(),
        settings.getStatistics(),
        settings.getTimeFeatures(),
        settings.getTimeZone(),
        settings.getStaleness(),
        settings.getGraceSeconds(),
        settings.getAheadSeconds());
  }

  private static TrainingTask.@Nullable Regimes regimes(@Nullable RegimeSettings from) {
    return from == null ? null : new TrainingTask.Regimes(from.getSettings(), from.getCount());
  }

  /// Empty for an outcome of another kind.
  static Optional<KnownOutcomes.Word> word(Outcome from) {
    long known = Micros.of(from.getKnownTime());
    return switch (from.getKind()) {
      case "failure" ->
          Optional.of(
              new KnownOutcomes.Failure(from.getAsset(), Micros.of(from.getEventTime()), known));
      case "progress" -> Optional.of(new KnownOutcomes.Progress(known));
      default -> Optional.empty();
    };
  }

  /// @param request what led to it; null for a command
  static LifecycleEvent event(ModelKey key, @Nullable Request request, Instant at, RunEvent event) {
    return LifecycleEvent.newBuilder()
        .setEventId(id(key, request, event))
        .setOrganization(key.organization())
        .setModel(key.model())
        .setOccurredAt(at.truncatedTo(ChronoUnit.MICROS))
        .setRequestId(request == null ? null : request.requestId())
        .setCausedBy(
            event instanceof RunEvent.CommandRejected(var id, _, _) ? id : requestId(request))
        .setTraceparent(request == null ? null : request.traceparent())
        .setEvent(branch(event))
        .build();
  }

  private static @Nullable String requestId(@Nullable Request request) {
    return request == null ? null : request.requestId();
  }

  /// From what makes the event the one it is: a run ends once, each of its attempts starts once.
  /// Ids that clients chose are their organization's.
  private static String id(ModelKey key, @Nullable Request request, RunEvent event) {
    return switch (event) {
      case RunEvent.Queued(var asked, _) ->
          EventIds.of("TrainingQueued", key.organization(), asked.requestId());
      case RunEvent.Started(var run, int attempt) -> EventIds.of("TrainingStarted", run, attempt);
      case RunEvent.Progress(var run, int attempt, var phase, long done, _) ->
          EventIds.of("TrainingProgress", run, attempt, phase, done);
      case RunEvent.Trained(var run, _, _, _) -> EventIds.of("ModelTrained", run);
      case RunEvent.Failed(var run, int attempt, _, _, _) ->
          run == null
              ? EventIds.of(
                  "TrainingFailed", key.organization(), String.valueOf(requestId(request)), attempt)
              : EventIds.of("TrainingFailed", run, attempt);
      case RunEvent.Cancelled(var run, _, _) -> EventIds.of("TrainingCancelled", run);
      case RunEvent.RetryScheduled(var run, int attempt, _, _) ->
          EventIds.of("RetryScheduled", run, attempt);
      case RunEvent.CommandRejected(var command, _, _) ->
          EventIds.of("CommandRejected", key, command);
    };
  }

  private static Object branch(RunEvent event) {
    return switch (event) {
      case RunEvent.Queued(var request, var into) ->
          TrainingQueued.newBuilder()
              .setCause(Cause.valueOf(request.cause()))
              .setReason(request.reason())
              .setRequestedBy(request.requestedBy())
              .setCoalescedInto(into)
              .build();
      case RunEvent.Started(var run, int attempt) ->
          TrainingStarted.newBuilder().setRunId(run).setAttempt(attempt).build();
      case RunEvent.Progress(var run, int attempt, var phase, long done, long total) ->
          TrainingProgress.newBuilder()
              .setRunId(run)
              .setAttempt(attempt)
              .setPhase(phase)
              .setDone(done)
              .setTotal(total)
              .build();
      case RunEvent.Trained trained -> trained(trained);
      case RunEvent.Failed(var run, int attempt, var code, var message, boolean willRetry) ->
          TrainingFailed.newBuilder()
              .setRunId(run)
              .setAttempt(attempt)
              .setCode(code)
              .setMessage(Texts.cut(message, LONGEST_MESSAGE))
              .setWillRetry(willRetry)
              .build();
      case RunEvent.Cancelled(var run, var by, var reason) ->
          TrainingCancelled.newBuilder().setRunId(run).setRequestedBy(by).setReason(reason).build();
      case RunEvent.RetryScheduled(var run, int attempt, var at, var code) ->
          RetryScheduled.newBuilder()
              .setRunId(run)
              .setAttempt(attempt)
              .setAt(at)
              .setCode(code)
              .build();
      case RunEvent.CommandRejected(var command, var code, var message) ->
          CommandRejected.newBuilder()
              .setCommandId(command)
              .setCode(code)
              .setMessage(message)
              .build();
    };
  }

  private static ModelTrained trained(RunEvent.Trained event) {
    var card = event.model().card();
    var provenance = card.provenance();
    return ModelTrained.newBuilder()
        .setRunId(event.runId())
        .setAttempt(event.attempt())
        .setVersion(card.version())
        .setArtifactUri(event.model().stored().uri().toString())
        .setArtifactSha256(event.model().stored().manifestSha256())
        .setSizeBytes(event.model().stored().sizeBytes())
        .setFeatures(card.featureNames())
        .setMetrics(card.metrics())
        .setParityMaxDelta(card.metrics().getOrDefault("parityMaxDelta", 0.0))
        .setTrainingRows(provenance.trainingRows())
        .setPositiveRows(provenance.positiveRows())
        .setValidationRows(provenance.validationRows())
        .setDataFrom(Micros.toInstant(provenance.dataFromMicros()))
        .setDataTo(Micros.toInstant(provenance.dataToMicros()))
        .setDataCut(
            new DataCut(ranges(provenance.dataCut()), Micros.toInstant(provenance.asOfMicros())))
        .setTrainingSeconds(event.trainingSeconds())
        .setReferenceProfile(profile(event.model().profile()))
        .build();
  }

  private static List<PartitionRange> ranges(List<dev.anneal.modelstore.ModelCard.Range> cut) {
    return cut.stream()
        .map(r -> new PartitionRange(r.topic(), r.partition(), r.from(), r.to()))
        .toList();
  }

  private static ReferenceProfile profile(dev.anneal.drift.ReferenceProfile from) {
    return new ReferenceProfile(
        from.rows(),
        Micros.toInstant(from.fromMicros()),
        Micros.toInstant(from.toMicros()),
        from.features().stream().map(Wire::profile).toList(),
        from.score() == null ? null : profile(from.score()),
        from.label() == null ? null : profile(from.label()),
        estimator(from.estimator()));
  }

  private static @Nullable PerformanceEstimator estimator(
      dev.anneal.drift.@Nullable PerformanceEstimator from) {
    return from == null
        ? null
        : new PerformanceEstimator(
            from.threshold(),
            from.tau(),
            from.calibrated(),
            from.edges(),
            from.probabilities(),
            from.lowAccuracy(),
            from.highAccuracy());
  }

  private static FeatureProfile profile(dev.anneal.drift.FeatureProfile from) {
    return new FeatureProfile(
        from.name(),
        from.bins().edges(),
        from.counts(),
        from.mean(),
        from.standardDeviation(),
        from.tau(),
        from.importance(),
        extent(from.extent()));
  }

  private static FeatureExtent extent(Extent from) {
    return new FeatureExtent(from.minimum(), from.low(), from.high(), from.maximum(), from.stuck());
  }

  private static @Nullable Long microsOrNull(@Nullable Instant instant) {
    return instant == null ? null : Long.valueOf(Micros.of(instant));
  }
}
