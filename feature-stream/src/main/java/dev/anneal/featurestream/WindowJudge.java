package dev.anneal.featurestream;

import dev.anneal.drift.DriftLimits;
import dev.anneal.drift.DriftTest;
import dev.anneal.drift.EstimatedPerformance;
import dev.anneal.drift.PerformanceEstimator;
import dev.anneal.drift.ReferenceProfile;
import dev.anneal.drift.SensorFault;
import dev.anneal.drift.SensorWatch;
import dev.anneal.drift.WindowCounts;
import dev.anneal.policy.DriftReport;
import dev.anneal.policy.DriftReport.Span;
import dev.anneal.policy.EventTime;
import dev.anneal.policy.Evidence;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Compares windows of features, or of scores, with what they were in training.
///
/// @param estimator of the performance from scores; null where it is not estimated
record WindowJudge(
    Deployed deployed,
    Evidence evidence,
    DriftTest test,
    SensorWatch watch,
    @Nullable PerformanceEstimator estimator) {
  /// An estimate from scores alone.
  ///
  /// @param unusual whether the held-out rows showed none like it
  record Estimate(EstimatedPerformance performance, boolean unusual) {}

  /// What a window says.
  ///
  /// @param partitionsMissing in it
  /// @param estimate of short windows of scores
  record Judged(DriftReport report, int partitionsMissing, @Nullable Estimate estimate) {}

  /// @param sensors that were counted
  /// @param estimates whether the performance is estimated, where there is an estimator
  static WindowJudge of(
      Model model, Deployed deployed, Evidence evidence, List<String> sensors, boolean estimates) {
    var reference = deployed.reference();
    var scores = reference.ofScores();
    var test =
        evidence == Evidence.PREDICTIONS && scores != null
            ? new DriftTest(scores, alone(model.rules().limits()))
            : new DriftTest(reference, model.rules().limits(), sensors);
    var watch = new SensorWatch(reference, sensors, model.rules().sensors());
    boolean ofScores = evidence == Evidence.PREDICTIONS && scores != null;
    var estimator = estimates && ofScores ? reference.estimator() : null;
    return new WindowJudge(deployed, evidence, test, watch, estimator);
  }

  /// Limits for scores, of which there is one.
  private static DriftLimits alone(DriftLimits limits) {
    return new DriftLimits(
        limits.falseDiscoveryRate(),
        limits.correction(),
        1,
        limits.topFeatures(),
        limits.minimumEffectiveRows(),
        limits.missingRise());
  }

  /// What is judged, without rows yet.
  BinCounts bins() {
    var scores = deployed.reference().ofCountedScores();
    var counted =
        evidence == Evidence.PREDICTIONS && scores != null ? scores : deployed.reference();
    return BinCounts.of(new DayTally(WindowCounts.empty(counted), watch.empty()));
  }

  Judged judge(Span span, PartialWindows.Window window) {
    var estimate = span == Span.SHORT ? estimate(window) : null;
    return new Judged(report(span, window), window.partitionsMissing(), estimate);
  }

  /// Null where there is none to make.
  private @Nullable Estimate estimate(PartialWindows.Window window) {
    if (estimator == null) {
      return null;
    }
    int counted = ReferenceProfile.COUNTED_SCORES.size() - 1;
    var performance = estimator.estimate(window.counts().toWindowCounts().counts()[counted]);
    return new Estimate(performance, estimator.isUnusual(performance));
  }

  private DriftReport report(Span span, PartialWindows.Window window) {
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
