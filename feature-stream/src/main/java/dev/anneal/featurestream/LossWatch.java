package dev.anneal.featurestream;

import dev.anneal.drift.Adwin;
import dev.anneal.drift.Detector;
import dev.anneal.drift.Detector.Change;
import dev.anneal.drift.LossDetector;
import dev.anneal.policy.PolicyInput;
import dev.anneal.schemas.Micros;
import org.jspecify.annotations.Nullable;

/// Looks for a change of the losses of the version that serves. A promotion begins anew.
///
/// @param deployedAtMicros orders deployments
/// @param detector its state
@SuppressWarnings("ArrayRecordComponent") // never compared
record LossWatch(String deploymentId, long deployedAtMicros, byte[] detector) {
  /// What a loss led to.
  ///
  /// @param input for the policy, null when nothing
  record Heard(LossWatch watch, @Nullable PolicyInput input) {}

  /// @param before null for the first loss of a model
  /// @param kind of the detector
  static Heard hear(@Nullable LossWatch before, Message.Loss loss, LossDetector kind) {
    if (before != null && loss.deployedAtMicros() < before.deployedAtMicros) {
      return new Heard(before, null); // of a version that serves no longer
    }
    var watching =
        before != null && before.deploymentId.equals(loss.deploymentId())
            ? kind.resume(before.detector)
            : kind.create();
    var change = watching.add(loss.loss(), loss.startMicros());
    var watch = new LossWatch(loss.deploymentId(), loss.deployedAtMicros(), watching.toBytes());
    return new Heard(watch, input(change, watching, loss.version()));
  }

  private static @Nullable PolicyInput input(Change change, Detector detector, String version) {
    return switch (change) {
      case NONE, WARNING -> null;
      case FALL -> new PolicyInput.LossFell(version);
      case RISE -> {
        long since = detector.locatedMicros();
        String reason =
            "the loss rose%s since %s"
                .formatted(
                    detector instanceof Adwin adwin ? " to %.3f".formatted(adwin.mean()) : "",
                    Micros.toInstant(since));
        yield new PolicyInput.LossRose(version, since, reason);
      }
    };
  }
}
