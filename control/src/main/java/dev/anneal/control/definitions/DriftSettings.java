package dev.anneal.control.definitions;

import dev.anneal.drift.DriftLimits;
import dev.anneal.drift.LossDetector;
import dev.anneal.drift.SensorLimits;
import dev.anneal.policy.Evidence;
import dev.anneal.policy.RetrainingSettings;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// When drift is found and when a model is trained again. Component names are the fields of Avro's
/// `DriftSettings`; what they mean stands in `docs/methods.md`.
///
/// @param lossSignificance of the loss detector's alarms; null for its own default
public record DriftSettings(
    boolean enabled,
    long cooldownSeconds,
    long minimumLabels,
    long initialHistorySeconds,
    int persistence,
    int persistenceOf,
    List<String> triggers,
    long performanceCooldownSeconds,
    List<Long> refreshRows,
    long refreshWaitSeconds,
    boolean trainFromChange,
    double falseDiscoveryRate,
    String correction,
    int minimumFeatures,
    int topFeatures,
    double minimumEffectiveRows,
    double missingRise,
    int windowDays,
    long windowRows,
    int longWindowDays,
    long longWindowRows,
    SensorLimits sensorLimits,
    String lossDetector,
    @Nullable Double lossSignificance,
    boolean estimatedPerformance) {

  static final List<String> TRIGGERS =
      Arrays.stream(Evidence.values()).map(Evidence::subject).toList();

  static final DriftSettings DEFAULT = of(RetrainingSettings.DEFAULT, DriftLimits.DEFAULT);

  private static DriftSettings of(RetrainingSettings retraining, DriftLimits limits) {
    return new DriftSettings(
        retraining.enabled(),
        retraining.cooldownSeconds(),
        retraining.minimumLabels(),
        retraining.initialHistorySeconds(),
        retraining.persistence(),
        retraining.persistenceOf(),
        TRIGGERS.stream()
            .filter(t -> retraining.triggers().stream().anyMatch(e -> e.subject().equals(t)))
            .toList(),
        retraining.performanceCooldownSeconds(),
        retraining.refreshRows(),
        retraining.refreshWaitSeconds(),
        retraining.fromChange(),
        limits.falseDiscoveryRate(),
        limits.correction().text(),
        limits.minimumFeatures(),
        limits.topFeatures(),
        limits.minimumEffectiveRows(),
        limits.missingRise(),
        retraining.windows().shortDays(),
        retraining.windows().shortRows(),
        retraining.windows().longDays(),
        retraining.windows().longRows(),
        SensorLimits.DEFAULT,
        LossDetector.DEFAULT.kind().text(),
        null,
        true);
  }
}
