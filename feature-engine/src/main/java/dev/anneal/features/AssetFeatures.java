package dev.anneal.features;

import org.jspecify.annotations.Nullable;

/// The feature state of one asset: its newest rows, and sums of parts of its windows. Mutable, for
/// one thread, bounded.
///
/// The vector of a row is a pure function of the [rows held][#retainedRows], which are the newest
/// in event time: adding just those to a fresh state, oldest first, gives the same bits. So a
/// restart, a rebalance and a training see the same features. Definitions, over the non-missing
/// values of the window `(t - w, t]` or of the newest w rows at or before t, the row's time:
///
/// - lag: the value in the newest row at or before t - lag; missing when that row lacks it or is
///   not held
/// - delta: the row's value less that of such a row
/// - statistics: [Statistic]
/// - staleness: seconds since the row before
/// - time of day and week: [TimeFeature]
///
/// Missing is NaN; a reading that is infinite or beyond float32's range counts as missing.
public final class AssetFeatures {
  /// Most rows held of one asset: 18 h at one row a second. Lags beyond are missing, windows cover
  /// the rows held.
  public static final int MAX_ROWS = 1 << 16;

  private final FeatureKernel kernel;
  private final int sensors;
  private final RowRing ring;
  private final LookBacks lookBacks;
  private final @Nullable PanedWindow[] windows;
  private long current = -1;

  /// An asset on its own.
  public AssetFeatures(FeatureSpecification specification) {
    this(new FeatureKernel(specification));
  }

  /// @param kernel shared with the other assets of the thread
  public AssetFeatures(FeatureKernel kernel) {
    var specification = kernel.specification();
    this.kernel = kernel;
    this.sensors = specification.sensors().size();
    this.ring =
        new RowRing(
            sensors,
            specification.historyRows(),
            specification.historySeconds(),
            specification.limits().graceSeconds());
    this.lookBacks = kernel.newLookBacks();
    this.windows = kernel.newWindows();
  }

  /// Adds a row when it is newer than all before, or older by no more than the grace. [Acceptance]
  /// has the rule for the others.
  ///
  /// @param eventTimeMicros microseconds since 1970
  /// @param lsn the source's log position
  /// @param values in the order of the specification's sensors; NaN is missing; copied
  public Acceptance add(long eventTimeMicros, long lsn, double[] values) {
    if (values.length != sensors) {
      throw new IllegalArgumentException(
          "expected %d values, one per sensor, found %d".formatted(sensors, values.length));
    }
    if (ring.size() == 0 || eventTimeMicros > ring.time(ring.end() - 1)) {
      ring.add(eventTimeMicros, lsn, values);
      current = ring.end() - 1;
      return Acceptance.ACCEPTED;
    }
    ring.trim();
    long after = ring.firstAfter(eventTimeMicros);
    if (after > ring.first() && ring.time(after - 1) == eventTimeMicros) {
      return Acceptance.atTimeOfHeld(ring.hasValues(after - 1, values), lsn, ring.lsn(after - 1));
    }
    boolean isBeforeHeld = after == ring.first();
    if (eventTimeMicros < ring.graceStart() || (isBeforeHeld && ring.isFull())) {
      return Acceptance.older(isBeforeHeld, lsn, ring.lsn(ring.end() - 1));
    }
    ring.insert(after, eventTimeMicros, lsn, values);
    current = after;
    return Acceptance.PLACED;
  }

  /// How many rows the state holds, and all it depends on: the newest in event time.
  public int retainedRows() {
    ring.trim();
    return ring.size();
  }

  /// Event time of the oldest row held, microseconds since 1970.
  ///
  /// @throws IllegalStateException before the first row
  public long oldestMicros() {
    if (ring.size() == 0) {
      throw new IllegalStateException("no row was added yet");
    }
    ring.trim();
    return ring.time(ring.first());
  }

  /// The feature vector of the row that was added last, in the order of
  /// [FeatureSpecification#names]: as of its event time, newer rows do not count.
  ///
  /// @param target of [FeatureSpecification#width] elements
  /// @throws IllegalStateException before the first row
  public void computeInto(float[] target) {
    if (ring.size() == 0) {
      throw new IllegalStateException("no row was added yet");
    }
    kernel.compute(ring, current, lookBacks, windows, target);
  }

  /// Heap bytes held, but for object headers. Of 8 sensors that report once a second, with lags of
  /// 2 min, the default grace, and mean, std, min and max: 17 KB with windows of 10 s, 96 KB with
  /// windows of 5 and 10 min, and up to 230 KB with windows of 300 and 600 rows, whose panes are of
  /// random lengths.
  public long memoryBytes() {
    long bytes = ring.memoryBytes();
    for (var window : windows) {
      bytes += window == null ? 0 : window.memoryBytes();
    }
    return bytes;
  }
}
