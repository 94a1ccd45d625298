package dev.anneal.control.definitions;

import dev.anneal.drift.DriftLimits;
import dev.anneal.policy.Evidence;
import dev.anneal.policy.RetrainingSettings;
import java.util.Arrays;
import java.util.List;

/// When drift is found and when a model is trained again. Component names are the fields of Avro's
/// `DriftSettings`; what they mean stands in `docs/methods.md`.
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
    int minimumFeatures,
    int topFeatures,
    double minimumEffectiveRows,
    int windowDays,
    long windowRows,
    int longWindowDays,
    long longWindowRows) {

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
        limits.minimumFeatures(),
        limits.topFeatures(),
        limits.minimumEffectiveRows(),
        retraining.windows().shortDays(),
        retraining.windows().shortRows(),
        retraining.windows().longDays(),
        retraining.windows().longRows());
  }
}
