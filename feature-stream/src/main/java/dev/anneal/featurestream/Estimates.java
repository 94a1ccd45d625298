package dev.anneal.featurestream;

import dev.anneal.drift.CalibrationMonitor;
import org.jspecify.annotations.Nullable;

/// Whether the performance of the versions that serve is estimated: until labels that became known
/// disagree with the probabilities it rests on. For one thread.
///
/// @param store also of other things, whose keys do not end like these
record Estimates(JsonStore store) {
  private static final String KEY = "#estimate";

  /// Of one deployment.
  private record Audit(String deploymentId, CalibrationMonitor monitor) {}

  boolean isOn(String modelKey, Deployed deployed) {
    return !of(modelKey, deployed).monitor().off();
  }

  /// Hears of a label.
  ///
  /// @param deployed the version that serves; labels of others say nothing
  /// @return whether the estimate goes off by it
  boolean goesOff(String modelKey, @Nullable Deployed deployed, Message.Loss loss) {
    var estimator = deployed == null ? null : deployed.reference().estimator();
    var label = loss.first();
    if (deployed == null
        || estimator == null
        || label == null
        || !deployed.deploymentId().equals(loss.deploymentId())) {
      return false;
    }
    var before = of(modelKey, deployed).monitor();
    var after = before.with(estimator.probability(label.score()), label.failed());
    store.put(modelKey + KEY, new Audit(deployed.deploymentId(), after));
    return after.off() && !before.off();
  }

  /// The model is gone.
  void forget(String modelKey) {
    store.delete(modelKey + KEY);
  }

  private Audit of(String modelKey, Deployed deployed) {
    var begun = new Audit(deployed.deploymentId(), CalibrationMonitor.NEW);
    var audit = store.get(modelKey + KEY, Audit.class, begun);
    return audit.deploymentId().equals(deployed.deploymentId()) ? audit : begun;
  }
}
