package dev.anneal.drift;

import java.nio.ByteBuffer;
import java.util.Locale;

/// Watches a stream of numbers, such as a model's losses, for a change of their mean. Bounded,
/// mutable, for one thread; its whole state goes to bytes and back, and goes on to the bit.
///
/// Behaviour agrees with MOA 2024.07's detectors of the same names, input by input; changes are
/// told with their direction, since only a rise of the loss may ask for a training.
public sealed interface Detector permits Adwin, PageHinkley, Ddm, HddmA {
  /// What an input did.
  enum Change {
    NONE,

    /// Not sure yet: keep the data since.
    WARNING,
    RISE,
    FALL
  }

  /// The detectors by name, with the defaults of `docs/methods.md`.
  enum Kind {
    ADWIN(.002),
    PAGE_HINKLEY(Double.NaN),
    DDM(Double.NaN),
    HDDM_A(.001);

    private final double significance;

    Kind(double significance) {
      this.significance = significance;
    }

    /// By default; NaN for a detector without one.
    public double significance() {
      return significance;
    }

    /// As definitions name it.
    public String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// One that has seen nothing.
    public Detector create() {
      return new LossDetector(this, significance).create();
    }
  }

  /// @param value in [0, 1]
  /// @param eventTimeMicros of the input, microseconds since 1970
  Change add(double value, long eventTimeMicros);

  /// An input whose time does not matter.
  default Change add(double value) {
    return add(value, 0);
  }

  /// Where the change that was told last began, as far as the detector can say: the event time of
  /// the first input after it. Before a change, the first input's.
  long locatedMicros();

  Kind kind();

  /// The state without its kind.
  void write(ByteBuffer into);

  /// At least as many bytes as [#write] takes.
  int size();

  default byte[] toBytes() {
    var buffer = ByteBuffer.allocate(1 + size()).put((byte) kind().ordinal());
    write(buffer);
    var bytes = new byte[buffer.position()];
    buffer.flip().get(bytes);
    return bytes;
  }
}
