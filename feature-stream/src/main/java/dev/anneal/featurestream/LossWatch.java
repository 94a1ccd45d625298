package dev.anneal.featurestream;

import dev.anneal.drift.Adwin;
import dev.anneal.drift.Detector;
import dev.anneal.drift.Detector.Change;
import dev.anneal.drift.LossDetector;
import dev.anneal.policy.PolicyInput;
import dev.anneal.schemas.Micros;
import org.jspecify.annotations.Nullable;

/// Looks for a change of a model's losses, which are those of the version that serves. Promotions
/// and rollbacks change the loss as the data does, so the detector goes on: one that began anew
/// would take a change from just before for how things are.
///
/// @param deployedAtMicros orders deployments
/// @param detector its state
@SuppressWarnings("ArrayRecordComponent") // never compared
record LossWatch(long deployedAtMicros, byte[] detector) {
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
    var watching = before == null ? kind.create() : kind.resume(before.detector);
    var change = watching.add(loss.loss(), loss.startMicros());
    var watch = new LossWatch(loss.deployedAtMicros(), watching.toBytes());
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
