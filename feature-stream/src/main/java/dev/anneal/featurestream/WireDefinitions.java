package dev.anneal.featurestream;

import dev.anneal.drift.Correction;
import dev.anneal.drift.Detector;
import dev.anneal.drift.DriftLimits;
import dev.anneal.drift.LossDetector;
import dev.anneal.drift.SensorLimits;
import dev.anneal.events.Definition;
import dev.anneal.events.DriftSettings;
import dev.anneal.events.ModelDefinition;
import dev.anneal.events.OrganizationDefinition;
import dev.anneal.features.FeatureDefinition;
import dev.anneal.policy.Evidence;
import dev.anneal.policy.RetrainingSettings;
import dev.anneal.policy.RetrainingSettings.WindowSettings;
import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// From the definitions of organizations and models to the domain.
final class WireDefinitions {
  private WireDefinitions() {}

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
}
