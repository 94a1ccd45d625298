package dev.anneal.features;

/// The feature state of one asset: its newest rows, from which a vector is computed afresh for each
/// row. Mutable, for one thread, bounded.
///
/// The vector is a pure function of the [rows held][#retainedRows]: adding just those to a fresh
/// state gives the same bits, so a restart, a rebalance and a training see the same features.
/// Definitions, over the non-missing values of the window `(t - w, t]` or of the newest w rows:
///
/// - lag: the value in the newest row at or before t - lag; missing when that row lacks it or is
///   not held
/// - std: population standard deviation; 0 for one value
/// - slope: least squares over event time, per second; missing for fewer than two values
/// - all statistics of a window without values are missing
/// - staleness: seconds since the row before
///
/// Missing is NaN; an infinite reading counts as missing, and so does a feature beyond float32's
/// range.
public final class AssetFeatures {
  /// Most rows held of one asset: 18 h at one row a second. Lags beyond are missing, windows cover
  /// the rows held.
  public static final int MAX_ROWS = 1 << 16;

  private static final double SECONDS_PER_MICRO = 1e-6;

  private final FeatureSpecification specification;
  private final RowRing ring;
  private final long[] lagMicros;
  private final Window[] windows;

  public AssetFeatures(FeatureSpecification specification) {
    this.specification = specification;
    this.ring =
        new RowRing(
            specification.sensors().size(),
            specification.historyRows(),
            specification.historySeconds());
    this.lagMicros =
        specification.lagSeconds().stream().mapToLong(seconds -> seconds * 1_000_000L).toArray();
    this.windows = specification.windows().toArray(Window[]::new);
  }

  /// Adds a row when it is newer than all before. [Acceptance] has the rule for the others.
  ///
  /// @param eventTimeMicros microseconds since 1970
  /// @param lsn the source's log position
  /// @param values in the order of the specification's sensors; NaN is missing; copied
  public Acceptance add(long eventTimeMicros, long lsn, double[] values) {
    if (values.length != specification.sensors().size()) {
      throw new IllegalArgumentException(
          "expected %d values, one per sensor, found %d"
              .formatted(specification.sensors().size(), values.length));
    }
    if (ring.size() > 0 && eventTimeMicros <= ring.time(0)) {
      int age = ring.countAfter(eventTimeMicros);
      return age < ring.size() && ring.time(age) == eventTimeMicros
          ? Acceptance.atTimeOfHeld(ring.hasValues(age, values), lsn, ring.lsn(age))
          : Acceptance.older(age == ring.size(), lsn, ring.lsn(0));
    }
    ring.add(eventTimeMicros, lsn, values);
    return Acceptance.ACCEPTED;
  }

  /// How many of the newest accepted rows the state holds, and all it depends on.
  public int retainedRows() {
    return ring.size();
  }

  /// The feature vector of the newest accepted row, in the order of [FeatureSpecification#names].
  ///
  /// @param target of [FeatureSpecification#width] elements
  /// @throws IllegalStateException before the first row
  public void computeInto(float[] target) {
    if (ring.size() == 0) {
      throw new IllegalStateException("no row was added yet");
    }
    if (target.length != specification.width()) {
      throw new IllegalArgumentException(
          "expected room for %d features, found %d"
              .formatted(specification.width(), target.length));
    }
    int[] covered = coveredRows();
    int[] lagAges = lagAges();
    int at = 0;
    for (int sensor = 0; sensor < specification.sensors().size(); sensor++) {
      target[at++] = feature(ring.value(0, sensor));
      for (int age : lagAges) {
        target[at++] = age < ring.size() ? feature(ring.value(age, sensor)) : Float.NaN;
      }
      for (int rows : covered) {
        window(sensor, rows, target, at);
        at += FeatureSpecification.STATISTICS;
      }
    }
    target[at] =
        ring.size() > 1 ? feature((ring.time(0) - ring.time(1)) * SECONDS_PER_MICRO) : Float.NaN;
  }

  private int[] coveredRows() {
    var covered = new int[windows.length];
    for (int i = 0; i < windows.length; i++) {
      covered[i] =
          switch (windows[i]) {
            case Window.Rows(int rows) -> Math.min(rows, ring.size());
            case Window.Time(long seconds, _) ->
                ring.countAfter(ring.time(0) - seconds * 1_000_000);
          };
    }
    return covered;
  }

  private int[] lagAges() {
    var ages = new int[lagMicros.length];
    for (int i = 0; i < ages.length; i++) {
      ages[i] = ring.countAfter(ring.time(0) - lagMicros[i]);
    }
    return ages;
  }

  /// Two passes around the mean, itself summed around the first value: no cancellation on large
  /// offsets.
  private void window(int sensor, int rows, float[] target, int at) {
    long newest = ring.time(0);
    double shift = Double.NaN;
    double sum = 0;
    double timeSum = 0;
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    int n = 0;
    for (int age = rows - 1; age >= 0; age--) {
      double value = ring.value(age, sensor);
      if (Double.isFinite(value)) {
        shift = n == 0 ? value : shift;
        sum += value - shift;
        timeSum += (ring.time(age) - newest) * SECONDS_PER_MICRO;
        min = Math.min(min, value);
        max = Math.max(max, value);
        n++;
      }
    }
    double mean = shift + sum / n; // 0/0 is NaN, as every statistic of no values
    double timeMean = timeSum / n;
    double squares = 0;
    double timeSquares = 0;
    double products = 0;
    for (int age = rows - 1; age >= 0; age--) {
      double value = ring.value(age, sensor);
      if (Double.isFinite(value)) {
        double delta = value - mean;
        double time = (ring.time(age) - newest) * SECONDS_PER_MICRO - timeMean;
        squares += delta * delta;
        timeSquares += time * time;
        products += time * delta;
      }
    }
    target[at] = feature(mean);
    target[at + 1] = feature(Math.sqrt(squares / n));
    target[at + 2] = feature(min);
    target[at + 3] = feature(max);
    target[at + 4] = n < 2 ? Float.NaN : feature(products / timeSquares);
  }

  private static float feature(double value) {
    float narrow = (float) value;
    return Float.isFinite(narrow) ? narrow : Float.NaN;
  }
}
