package dev.anneal.drift;

import dev.anneal.drift.Detector.Kind;
import java.nio.ByteBuffer;

/// Which detector watches a model's losses, and how sure it has to be. Neither is part of its
/// state: a detector goes on with another significance from its next input on.
///
/// @param significance of an alarm; NaN for a kind without one
public record LossDetector(Kind kind, double significance) {
  public static final LossDetector DEFAULT =
      new LossDetector(Kind.ADWIN, Kind.ADWIN.significance());

  /// One that has seen nothing.
  public Detector create() {
    return switch (kind) {
      case ADWIN -> new Adwin(significance);
      case PAGE_HINKLEY -> new PageHinkley();
      case DDM -> new Ddm();
      case HDDM_A -> new HddmA(significance);
    };
  }

  /// One with this state, which begins anew where it is of another kind.
  public Detector resume(byte[] state) {
    var buffer = ByteBuffer.wrap(state);
    if (buffer.get() != kind.ordinal()) {
      return create();
    }
    return switch (kind) {
      case ADWIN -> Adwin.read(buffer, significance);
      case PAGE_HINKLEY -> PageHinkley.read(buffer);
      case DDM -> Ddm.read(buffer);
      case HDDM_A -> HddmA.read(buffer, significance);
    };
  }
}
