package dev.anneal.featurestream;

import dev.anneal.drift.Bins;
import dev.anneal.drift.Correction;
import dev.anneal.drift.Detector;
import dev.anneal.drift.DriftEvaluation;
import dev.anneal.drift.DriftLimits;
import dev.anneal.drift.EstimatedPerformance;
import dev.anneal.drift.Extent;
import dev.anneal.drift.FeatureProfile;
import dev.anneal.drift.LossDetector;
import dev.anneal.drift.PerformanceEstimator;
import dev.anneal.drift.ReferenceProfile;
import dev.anneal.drift.SensorFault;
import dev.anneal.drift.SensorLimits;
import dev.anneal.events.Alert;
import dev.anneal.events.DeadLetter;
import dev.anneal.events.Decision;
import dev.anneal.events.Definition;
import dev.anneal.events.Deployment;
import dev.anneal.events.DriftEvent;
import dev.anneal.events.DriftSettings;
import dev.anneal.events.DriftStatistic;
import dev.anneal.events.DriftVerdict;
import dev.anneal.events.EstimateSwitchedOff;
import dev.anneal.events.FeatureExtent;
import dev.anneal.events.LifecycleEvent;
import dev.anneal.events.ModelDefinition;
import dev.anneal.events.ModelDeployed;
import dev.anneal.events.ModelRejected;
import dev.anneal.events.ModelRolledBack;
import dev.anneal.events.OrganizationDefinition;
import dev.anneal.events.Outcome;
import dev.anneal.events.RetrainingDecision;
import dev.anneal.events.ScheduleTick;
import dev.anneal.events.Severity;
import dev.anneal.events.TrainRequest;
import dev.anneal.events.TrainingCancelled;
import dev.anneal.events.TrainingFailed;
import dev.anneal.events.TrainingQueued;
import dev.anneal.features.FeatureDefinition;
import dev.anneal.policy.Cause;
import dev.anneal.policy.Code;
import dev.anneal.policy.Evidence;
import dev.anneal.policy.PolicyEvent;
import dev.anneal.policy.PolicyInput;
import dev.anneal.policy.PolicyInput.End;
import dev.anneal.policy.RetrainingSettings;
import dev.anneal.policy.RetrainingSettings.WindowSettings;
import dev.anneal.schemas.EventIds;
import dev.anneal.schemas.Micros;
import dev.anneal.schemas.ModelKey;
import dev.anneal.schemas.Stage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Between the domain and the events on the topics.
final class Wire {
  private Wire() {}

  // ---- in

  static @Nullable Organization organization(Definition definition) {
    return definition.getDefinition() instanceof OrganizationDefinition organization
        ? new Organization(
            organization.getName(),
            organization.getSensors().stream().map(sensor -> sensor.getName()).toList())
        : null;
  }

  /// @throws IllegalArgumentException when the features cannot be computed
  static @Nullable Model model(Definition definition) {
    if (!(definition.getDefinition() instanceof ModelDefinition model)) {
      return null;
    }
    var drift = model.getDrift();
    Long failureWithin = model.getFailureWithinSeconds();
    return new Model(
        model.getOrganization(),
        model.getModel(),
        features(model).specification(),
        failureWithin == null ? 0 : failureWithin,
        retraining(drift),
        rules(drift));
  }

  private static DriftRules rules(DriftSettings drift) {
    return new DriftRules(
        new DriftLimits(
            drift.getFalseDiscoveryRate(),
            named(Correction.values(), Correction::text, drift.getCorrection()),
            drift.getMinimumFeatures(),
            drift.getTopFeatures(),
            drift.getMinimumEffectiveRows(),
            drift.getMissingRise()),
        sensorLimits(drift.getSensorLimits()),
        losses(drift),
        drift.getEstimatedPerformance());
  }

  private static SensorLimits sensorLimits(dev.anneal.events.SensorLimits limits) {
    return new SensorLimits(
        limits.getMissingRise(),
        limits.getStuckRise(),
        limits.getFarShare(),
        limits.getSpikeShare(),
        limits.getFarRanges(),
        limits.getMinimumRows());
  }

  private static LossDetector losses(DriftSettings drift) {
    var kind = named(Detector.Kind.values(), Detector.Kind::text, drift.getLossDetector());
    Double significance = drift.getLossSignificance();
    return new LossDetector(kind, significance == null ? kind.significance() : significance);
  }

  /// @throws IllegalArgumentException when none has the name
  private static <T> T named(T[] values, Function<T, String> text, String name) {
    return Arrays.stream(values)
        .filter(value -> text.apply(value).equals(name))
        .findAny()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "expected one of %s, found %s"
                        .formatted(Arrays.stream(values).map(text).toList(), name)));
  }

  private static RetrainingSettings retraining(DriftSettings drift) {
    return new RetrainingSettings(
        drift.getEnabled(),
        Arrays.stream(Evidence.values())
            .filter(evidence -> drift.getTriggers().contains(evidence.subject()))
            .collect(Collectors.toSet()),
        drift.getCooldownSeconds(),
        drift.getPerformanceCooldownSeconds(),
        drift.getMinimumLabels(),
        drift.getInitialHistorySeconds(),
        drift.getPersistence(),
        drift.getPersistenceOf(),
        drift.getRefreshRows(),
        drift.getRefreshWaitSeconds(),
        drift.getTrainFromChange(),
        new WindowSettings(
            drift.getWindowDays(),
            drift.getWindowRows(),
            drift.getLongWindowDays(),
            drift.getLongWindowRows()));
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

  /// @throws IllegalArgumentException when the reference profile makes no sense
  static Deployed deployed(Deployment deployment) {
    var profile = deployment.getReferenceProfile();
    var score = profile.getScore();
    var label = profile.getLabel();
    return new Deployed(
        deployment.getDeploymentId(),
        deployment.getVersion(),
        Micros.of(deployment.getDeployedAt()),
        new ReferenceProfile(
            profile.getRows(),
            Micros.of(profile.getFrom()),
            Micros.of(profile.getTo()),
            profile.getFeatures().stream().map(Wire::profile).toList(),
            score == null ? null : profile(score),
            label == null ? null : profile(label),
            estimator(profile.getEstimator())));
  }

  private static @Nullable PerformanceEstimator estimator(
      dev.anneal.events.@Nullable PerformanceEstimator estimator) {
    return estimator == null
        ? null
        : new PerformanceEstimator(
            estimator.getThreshold(),
            estimator.getTau(),
            estimator.getCalibrated(),
            estimator.getEdges(),
            estimator.getProbabilities(),
            estimator.getLowAccuracy(),
            estimator.getHighAccuracy());
  }

  private static FeatureProfile profile(dev.anneal.events.FeatureProfile profile) {
    return new FeatureProfile(
        profile.getName(),
        Bins.of(profile.getEdges()),
        profile.getCounts(),
        profile.getMean(),
        profile.getStandardDeviation(),
        profile.getTau(),
        profile.getImportance(),
        extent(profile.getExtent()));
  }

  private static Extent extent(@Nullable FeatureExtent extent) {
    return extent == null
        ? Extent.UNKNOWN
        : new Extent(
            extent.getMinimum(),
            extent.getLow(),
            extent.getHigh(),
            extent.getMaximum(),
            extent.getStuck());
  }

  /// What an event says to the policy; null when nothing.
  static @Nullable PolicyInput input(LifecycleEvent event) {
    if (event.getEvent() instanceof ModelRolledBack back) {
      return new PolicyInput.Served(back.getToVersion());
    }
    String request = event.getRequestId();
    if (request == null) {
      return null;
    }
    return switch (event.getEvent()) {
      case TrainingQueued queued -> new PolicyInput.Queued(request, queued.getCoalescedInto());
      case ModelDeployed _ -> new PolicyInput.Ended(request, End.DEPLOYED);
      case ModelRejected _ -> new PolicyInput.Ended(request, End.REJECTED);
      case TrainingFailed failed ->
          failed.getWillRetry() ? null : new PolicyInput.Ended(request, End.FAILED);
      case TrainingCancelled _ -> new PolicyInput.Ended(request, End.CANCELLED);
      default -> null; // progress, and what concerns versions: none starts or ends a request
    };
  }

  /// Whether labels are made of it; other kinds of outcomes say nothing here.
  static boolean isFailure(Outcome outcome) {
    return outcome.getKind().equals("failure");
  }

  /// Whether it says how far outcomes are known.
  static boolean isProgress(Outcome outcome) {
    return outcome.getKind().equals("progress");
  }

  static PolicyInput input(ScheduleTick tick) {
    return new PolicyInput.Ticked(tick.getTickId());
  }

  // ---- out

  static DriftEvent driftEvent(Model model, WindowJudge.Judged window) {
    var report = window.report();
    var estimate = window.estimate();
    var features = report.evaluation().features().stream().map(Wire::featureDrift).toList();
    var event =
        new dev.anneal.events.DriftReport(
            report.version(),
            report.duration(),
            Micros.toInstant(report.startMicros()),
            Micros.toInstant(report.endMicros()),
            report.rows(),
            DriftVerdict.valueOf(report.evaluation().verdict().name()),
            report.evaluation().reason(),
            features,
            report.evidence().subject(),
            report.evaluation().faults().stream().map(Wire::fault).toList(),
            window.partitionsMissing(),
            estimate == null ? null : estimate(estimate));
    String id =
        EventIds.of(
            "drift",
            model.key(),
            report.deploymentId(),
            report.evidence(),
            report.span(),
            report.startMicros(),
            report.endMicros());
    return driftEvent(id, model, report.endMicros(), event);
  }

  private static dev.anneal.events.EstimatedPerformance estimate(WindowJudge.Estimate estimate) {
    var performance = estimate.performance();
    return new dev.anneal.events.EstimatedPerformance(
        performance.rows(),
        estimate(performance.estimatedAccuracy()),
        estimate(performance.estimatedPrecision()),
        estimate(performance.estimatedRecall()),
        estimate(performance.estimatedF1()),
        estimate.unusual());
  }

  private static dev.anneal.events.Estimate estimate(EstimatedPerformance.Estimate estimate) {
    return new dev.anneal.events.Estimate(estimate.value(), estimate.low(), estimate.high());
  }

  static DriftEvent estimateOff(Model model, Message.Loss last) {
    String reason = "labels disagree with the probabilities that the estimate rests on";
    var event = new EstimateSwitchedOff(last.version(), reason);
    String id = EventIds.of("estimate-off", model.key(), last.deploymentId());
    return driftEvent(id, model, last.startMicros(), event);
  }

  private static dev.anneal.events.SensorFault fault(SensorFault fault) {
    return new dev.anneal.events.SensorFault(fault.sensor(), fault.kind().name(), fault.evidence());
  }

  private static dev.anneal.events.FeatureDrift featureDrift(DriftEvaluation.FeatureDrift drift) {
    return new dev.anneal.events.FeatureDrift(
        drift.name(),
        "psi",
        drift.index(),
        drift.pValue(),
        drift.referenceEffectiveRows(),
        drift.currentEffectiveRows(),
        drift.drifted(),
        drift.statistics().stream()
            .map(s -> new DriftStatistic(s.name(), s.value(), s.pValue()))
            .toList());
  }

  static Alert alert(ModelKey model, SensorAlerts.Change change) {
    Long resolved = change.resolvedMicros();
    return Alert.newBuilder()
        .setAlertId(change.alert().alertId())
        .setOrganization(model.organization())
        .setModel(model.model())
        .setKind("SENSOR_FAULT")
        .setSeverity(Severity.WARNING)
        .setMessage(change.alert().message())
        .setRaisedAt(Micros.toInstant(change.alert().raisedMicros()))
        .setResolvedAt(resolved == null ? null : Micros.toInstant(resolved))
        .build();
  }

  static DriftEvent decision(Model model, PolicyEvent.Requested requested) {
    var event =
        new RetrainingDecision(
            Decision.REQUESTED,
            cause(requested.cause()),
            Code.REQUESTED.text(),
            requested.reason(),
            requested.requestId());
    return driftEvent(
        EventIds.of("decision", requested.requestId()), model, requested.atMicros(), event);
  }

  static DriftEvent decision(Model model, PolicyEvent.Suppressed suppressed) {
    var event =
        new RetrainingDecision(
            Decision.SUPPRESSED,
            cause(suppressed.cause()),
            suppressed.code().text(),
            suppressed.reason(),
            null);
    String id =
        EventIds.of(
            "decision",
            model.key(),
            suppressed.cause(),
            suppressed.code(),
            suppressed.subject(),
            suppressed.atMicros());
    return driftEvent(id, model, suppressed.atMicros(), event);
  }

  private static DriftEvent driftEvent(String id, Model model, long atMicros, Object event) {
    return new DriftEvent(
        id, model.organization(), model.name(), Micros.toInstant(atMicros), event);
  }

  static TrainRequest trainRequest(Model model, PolicyEvent.Requested requested, Instant now) {
    Long from = requested.dataFromMicros();
    return TrainRequest.newBuilder()
        .setRequestId(requested.requestId())
        .setOrganization(model.organization())
        .setModel(model.name())
        .setCause(cause(requested.cause()))
        .setReason(requested.reason())
        .setRequestedBy(Stage.FEATURE_STREAM.id())
        .setRequestedAt(now)
        .setDataFrom(from == null ? null : Micros.toInstant(from))
        .build();
  }

  private static dev.anneal.events.Cause cause(Cause cause) {
    return dev.anneal.events.Cause.valueOf(cause.name());
  }

  static DeadLetter deadLetter(Rejection rejection, Instant now) {
    return DeadLetter.newBuilder()
        .setStage(Stage.FEATURE_STREAM.id())
        .setCode(rejection.code())
        .setReason(rejection.reason())
        .setOrganization(rejection.organization())
        .setTopic(rejection.topic())
        .setPartition(rejection.partition())
        .setOffset(rejection.offset())
        .setKey(
            rejection.key() == null
                ? null
                : ByteBuffer.wrap(rejection.key().getBytes(StandardCharsets.UTF_8)))
        .setValue(rejection.value() == null ? null : ByteBuffer.wrap(rejection.value()))
        .setOccurredAt(now)
        .build();
  }
}
