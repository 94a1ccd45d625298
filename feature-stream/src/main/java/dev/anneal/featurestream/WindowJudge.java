package dev.anneal.featurestream;

import dev.anneal.drift.DriftLimits;
import dev.anneal.drift.DriftTest;
import dev.anneal.drift.SensorFault;
import dev.anneal.drift.SensorLimits;
import dev.anneal.drift.SensorWatch;
import dev.anneal.policy.DriftReport;
import dev.anneal.policy.DriftReport.Span;
import dev.anneal.policy.EventTime;
import dev.anneal.policy.Evidence;
import java.util.List;

/// Compares windows of features, or of scores, with what they were in training.
record WindowJudge(Deployed deployed, Evidence evidence, DriftTest test, SensorWatch watch) {
  /// @param sensors that were counted
  static WindowJudge of(Model model, Deployed deployed, Evidence evidence, List<String> sensors) {
    var reference = deployed.reference();
    var scores = LossProcessor.ofScores(reference);
    var test =
        evidence == Evidence.PREDICTIONS && scores != null
            ? new DriftTest(scores, alone(model.limits()))
            : new DriftTest(reference, model.limits(), sensors);
    var watch = new SensorWatch(reference, sensors, SensorLimits.DEFAULT);
    return new WindowJudge(deployed, evidence, test, watch);
  }

  /// Limits for scores, of which there is one.
  private static DriftLimits alone(DriftLimits limits) {
    return new DriftLimits(
        limits.falseDiscoveryRate(),
        1,
        limits.topFeatures(),
        limits.minimumEffectiveRows(),
        limits.missingRise());
  }

  DriftReport report(Span span, PartialWindows.Window window) {
    var counts = window.counts();
    var faults =
        counts.sensors().isEmpty() ? List.<SensorFault>of() : watch.faults(counts.toSensorCounts());
    return new DriftReport(
        deployed.deploymentId(),
        deployed.version(),
        evidence,
        span,
        window.firstDay() * EventTime.DAY_MICROS,
        (window.lastDay() + 1) * EventTime.DAY_MICROS,
        counts.rows(),
        test.evaluate(counts.toWindowCounts(), faults));
  }
}
