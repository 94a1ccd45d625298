package dev.anneal.features;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// A specification made ready to compute: which rows a vector looks at, and what it says of them.
/// All assets of one model on one thread share one; it holds nothing of any of them.
public final class FeatureKernel {
  private static final double SECONDS_PER_MICRO = 1e-6;

  private final FeatureSpecification specification;
  private final int sensors;
  private final int stride;
  private final int width;
  private final long[] lookBacks; // distinct, microseconds
  private final int[] lags; // indices of look-backs
  private final int[] deltas;
  private final Window[] windows;
  private final int[] windowLookBacks; // −1 for a window by rows
  private final int[] targets;
  private final PaneRule[] rules;
  private final SummaryFamilies families;
  private final LocalTime localTime;

  private final RowScan scan;
  private final WindowEdge edge = new WindowEdge();
  private final double[] sums;

  public FeatureKernel(FeatureSpecification specification) {
    this.specification = specification;
    this.sensors = specification.sensors().size();
    this.stride = specification.featuresPerSensor();
    this.width = specification.width();
    this.lookBacks =
        LongStream.concat(
                IntStream.concat(
                        specification.lagSeconds().stream().mapToInt(s -> s),
                        specification.deltaSeconds().stream().mapToInt(s -> s))
                    .asLongStream(),
                specification.windows().stream()
                    .mapToLong(w -> w instanceof Window.Time(long seconds, _) ? seconds : 0)
                    .filter(seconds -> seconds > 0))
            .map(seconds -> seconds * 1_000_000)
            .distinct()
            .toArray();
    this.lags = specification.lagSeconds().stream().mapToInt(this::lookBack).toArray();
    this.deltas = specification.deltaSeconds().stream().mapToInt(this::lookBack).toArray();
    this.windows = specification.windows().toArray(Window[]::new);
    this.windowLookBacks =
        Arrays.stream(windows)
            .mapToInt(w -> w instanceof Window.Time(long seconds, _) ? lookBack(seconds) : -1)
            .toArray();
    int first = 1 + lags.length + deltas.length;
    int statistics = specification.statistics().size();
    this.targets = IntStream.range(0, windows.length).map(i -> first + i * statistics).toArray();
    this.rules = Arrays.stream(windows).map(PaneRule::of).toArray(PaneRule[]::new);
    this.families =
        new SummaryFamilies(new FeatureTargets(sensors, stride, specification.statistics()));
    this.localTime = new LocalTime(specification.row().timeZone());
    this.scan = new RowScan(windows.length);
    this.sums = new double[families.cells()];
  }

  private int lookBack(long seconds) {
    long micros = seconds * 1_000_000;
    return IntStream.range(0, lookBacks.length)
        .filter(i -> lookBacks[i] == micros)
        .findFirst()
        .orElseThrow();
  }

  public FeatureSpecification specification() {
    return specification;
  }

  LookBacks newLookBacks() {
    return new LookBacks(lookBacks);
  }

  /// Room for the windows of an asset, each made when it has rows enough.
  @Nullable PanedWindow[] newWindows() {
    return new @Nullable PanedWindow[windows.length];
  }

  /// Computes the vector of a row as of its event time.
  void compute(
      RowRing ring, long row, LookBacks back, @Nullable PanedWindow[] panes, float[] vector) {
    if (vector.length != width) {
      throw new IllegalArgumentException(
          "expected room for %d features, found %d".formatted(width, vector.length));
    }
    back.moveTo(ring, row);
    values(ring, row, back, vector);
    windows(ring, row, back, panes, vector);
    ofRow(ring, row, vector);
  }

  private void values(RowRing ring, long row, LookBacks back, float[] vector) {
    double[] values = ring.values();
    int newest = ring.offset(row);
    for (int sensor = 0, at = 0; sensor < sensors; sensor++, at += stride) {
      vector[at] = Summary.feature(values[newest + sensor]);
    }
    for (int i = 0; i < lags.length; i++) {
      lag(ring, back.before(lags[i]), vector, 1 + i);
    }
    for (int i = 0; i < deltas.length; i++) {
      int to = 1 + lags.length + i;
      lag(ring, back.before(deltas[i]), vector, to);
      long before = back.before(deltas[i]);
      for (int sensor = 0, at = to; sensor < sensors; sensor++, at += stride) {
        vector[at] =
            before < ring.first()
                ? Float.NaN
                : Summary.feature(values[newest + sensor] - values[ring.offset(before) + sensor]);
      }
    }
  }

  private void lag(RowRing ring, long row, float[] vector, int to) {
    double[] values = ring.values();
    boolean isHeld = row >= ring.first();
    int offset = isHeld ? ring.offset(row) : 0;
    for (int sensor = 0, at = to; sensor < sensors; sensor++, at += stride) {
      vector[at] = isHeld ? Summary.feature(values[offset + sensor]) : Float.NaN;
    }
  }

  private void windows(
      RowRing ring, long row, LookBacks back, @Nullable PanedWindow[] panes, float[] vector) {
    scan.clear();
    for (int i = 0; i < windows.length; i++) {
      long oldest =
          windows[i] instanceof Window.Rows(int rows)
              ? Math.max(ring.first(), row - rows + 1)
              : back.before(windowLookBacks[i]) + 1;
      if (row - oldest < RowScan.MAX_ROWS) {
        set(scan.add((int) (row - oldest + 1), targets[i]), ring, i, oldest, row);
      } else {
        var window = panes[i];
        if (window == null) {
          window = new PanedWindow(families, rules[i]);
          panes[i] = window;
        }
        window.sum(ring, oldest, row, sums);
        set(edge, ring, i, oldest, row);
        families.write(sums, edge, vector, targets[i]);
      }
    }
    if (scan.windows() > 0) {
      scan.read(ring, row);
      families.scan(scan, vector);
    }
  }

  private void set(WindowEdge of, RowRing ring, int window, long oldest, long row) {
    if (windowLookBacks[window] < 0) {
      of.ofRows(ring, row);
    } else {
      of.ofTime(ring, oldest, row, lookBacks[windowLookBacks[window]]);
    }
  }

  private void ofRow(RowRing ring, long row, float[] vector) {
    int at = sensors * stride;
    if (specification.row().staleness()) {
      vector[at++] =
          row > ring.first()
              ? Summary.feature((ring.time(row) - ring.time(row - 1)) * SECONDS_PER_MICRO)
              : Float.NaN;
    }
    if (at == width) {
      return;
    }
    long local = localTime.micros(ring.time(row));
    for (var feature : specification.row().timeFeatures()) {
      double angle = feature.angle(local);
      vector[at++] = (float) StrictMath.sin(angle); // the same on every machine
      vector[at++] = (float) StrictMath.cos(angle);
    }
  }
}
