package dev.anneal.featurestream;

import dev.anneal.drift.DriftEvaluation;
import dev.anneal.drift.EstimatedPerformance;
import dev.anneal.drift.SensorFault;
import dev.anneal.events.Decision;
import dev.anneal.events.DriftEvent;
import dev.anneal.events.DriftStatistic;
import dev.anneal.events.DriftVerdict;
import dev.anneal.events.EstimateSwitchedOff;
import dev.anneal.events.RetrainingDecision;
import dev.anneal.policy.Code;
import dev.anneal.policy.PolicyEvent;
import dev.anneal.schemas.EventIds;
import dev.anneal.schemas.Micros;

/// From drift windows and the policy's decisions to the events on `anneal.drift`.
final class WireDrift {
  private WireDrift() {}

  static DriftEvent driftEvent(Model model, WindowJudge.Judged window) {
    var report = window.report();
    var estimate = window.estimate();
    var features = report.evaluation().features().stream().map(WireDrift::featureDrift).toList();
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
            report.evaluation().faults().stream().map(WireDrift::fault).toList(),
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

  static DriftEvent decision(Model model, PolicyEvent.Requested requested) {
    var event =
        new RetrainingDecision(
            Decision.REQUESTED,
            Wire.cause(requested.cause()),
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
            Wire.cause(suppressed.cause()),
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
}
