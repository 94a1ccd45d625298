package dev.anneal.featurestream;

import dev.anneal.policy.DriftReport.Span;
import dev.anneal.policy.Evidence;
import dev.anneal.policy.PolicyInput;
import dev.anneal.schemas.ModelKey;
import java.time.LocalDate;
import java.util.List;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/// The drift windows of one partition's models: adds up what partitions count, reports windows that
/// are complete, and tells the policies.
///
/// @param store of the windows, and of the sensors at fault
record DriftWindows(JsonStore store, Estimates estimates, ModelPolicies policies, Outbox outbox) {
  private static final String SCORES = "#scores";
  private static final String SENSORS = "#sensors";

  /// @param record with the message
  /// @param deployed the version that serves, if one does
  /// @param message of features, or of scores
  void counted(
      Record<String, byte[]> record,
      Model model,
      @Nullable Deployed deployed,
      Evidence evidence,
      Message message) {
    String key = evidence == Evidence.PREDICTIONS ? model.key() + SCORES : model.key();
    var known = store.get(key, PartialWindows.class);
    if (message instanceof Message.CountingStarted started) {
      store.put(key, PartialWindows.with(known, started));
    } else if (message instanceof Message.DayCounts counts && known != null) {
      if (known.isLate(counts)) {
        rejectLate(record, model, counts);
      }
      store.put(key, evaluate(model, deployed, evidence, known.with(counts)));
    }
  }

  private void rejectLate(Record<String, byte[]> record, Model model, Message.DayCounts counts) {
    String reason =
        "partition %d counted %d rows of %s, which was evaluated without: it lags two days behind"
            .formatted(counts.partition(), counts.rows(), LocalDate.ofEpochDay(counts.day()));
    outbox.reject(record, model.organization(), "late-counts", reason);
  }

  /// Reports every short window that is complete now, and the long one that ends with it.
  private PartialWindows evaluate(
      Model model, @Nullable Deployed deployed, Evidence evidence, PartialWindows counted) {
    if (deployed == null || !deployed.deploymentId().equals(counted.deploymentId())) {
      return counted; // counted against a version that serves no longer
    }
    boolean estimated = model.rules().estimates() && estimates.isOn(model.key(), deployed);
    var judge = WindowJudge.of(model, deployed, evidence, counted.sensors(), estimated);
    var settings = model.retraining().windows();
    var partial = counted.over(judge.bins());
    for (var next = partial.nextShort(settings); next != null; next = partial.nextShort(settings)) {
      var whole = partial.longEndingWith(next, settings);
      partial = partial.evaluated(next, settings);
      report(model, judge.judge(Span.SHORT, next));
      if (whole != null) {
        report(model, judge.judge(Span.LONG, whole));
      }
    }
    return partial;
  }

  private void report(Model model, WindowJudge.Judged window) {
    outbox.report(model, window);
    var report = window.report();
    if (report.evidence() == Evidence.FEATURES && report.span() == Span.SHORT) {
      String key = model.key() + SENSORS;
      var heard = store.get(key, SensorAlerts.class, SensorAlerts.NONE).after(model, report);
      var modelKey = new ModelKey(model.organization(), model.name());
      heard.changes().forEach(change -> outbox.alert(modelKey, change));
      store.put(key, heard.alerts());
    }
    policies.hear(model, new PolicyInput.Evaluated(report));
  }

  /// The model is gone, and its alerts with it.
  ///
  /// @param atMicros event time
  void forget(ModelKey model, long atMicros) {
    String key = model.toString();
    store
        .get(key + SENSORS, SensorAlerts.class, SensorAlerts.NONE)
        .resolved(atMicros)
        .forEach(change -> outbox.alert(model, change));
    List.of(key, key + SCORES, key + SENSORS).forEach(store::delete);
  }
}
