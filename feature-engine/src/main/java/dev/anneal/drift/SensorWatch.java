package dev.anneal.drift;

import dev.anneal.drift.SensorFault.Kind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Tells sensors that fail from a process that changes. Rows are counted with O(1) work per value
/// and without allocation; faults are found once per window, by comparison with what each sensor
/// showed in training.
///
/// A sensor's reference is the profile of the feature with its name. A sensor without one, as after
/// the model's specification changed, is counted and never at fault.
public final class SensorWatch {
  private static final double MEAN_SPIKE_ROWS = 2;

  /// What most sensors do not show together unless the process does: moves away, or stands.
  private static final Set<Kind> OF_THE_PROCESS = EnumSet.of(Kind.OUT_OF_RANGE, Kind.STUCK);

  /// A value that stood still for more of the time in training, as a set point does, is never
  /// stuck.
  private static final double STANDS_BY_NATURE = .5;
  private static final int MINIMUM_SPIKES = 3;

  private final List<String> sensors;
  private final SensorLimits limits;
  private final FeatureProfile[] profiles;
  private final SensorBins[] bins;

  /// @param sensors of the model, in the order of its rows
  public SensorWatch(ReferenceProfile reference, List<String> sensors, SensorLimits limits) {
    var byName =
        reference.features().stream()
            .collect(Collectors.toMap(FeatureProfile::name, Function.identity()));
    this.sensors = List.copyOf(sensors);
    this.limits = limits;
    this.profiles =
        sensors.stream()
            .map(sensor -> byName.getOrDefault(sensor, FeatureProfile.unknown(sensor)))
            .toArray(FeatureProfile[]::new);
    this.bins = new SensorBins[profiles.length];
    for (int i = 0; i < bins.length; i++) {
      bins[i] = SensorBins.of(profiles[i], limits.farRanges());
    }
  }

  public SensorCounts empty() {
    return SensorCounts.empty(bins);
  }

  /// Counts a row.
  ///
  /// @param values in the sensors' order; NaN is missing
  /// @param trusted whether the row's quality allows to compute with it; its values are missing if
  ///     not
  /// @param memory of the row's asset
  public void count(SensorCounts into, double[] values, boolean trusted, SensorMemory memory) {
    into.addRow(trusted);
    for (int sensor = 0; sensor < bins.length; sensor++) {
      // float32, as the profile's values are
      double value = trusted ? (float) values[sensor] : Double.NaN;
      long[] counts = into.ofSensor(sensor);
      double before = memory.last(sensor);
      counts[SensorCounts.STUCK] += memory.isStuck(sensor, value) ? 1 : 0;
      if (!Double.isFinite(value)) {
        counts[Double.isNaN(value) ? SensorCounts.MISSING : SensorCounts.NON_FINITE]++;
        continue;
      }
      counts[SensorCounts.FIRST_BIN + bins[sensor].binOf(value)]++;
      if (bins[sensor].isFar(value)) {
        counts[SensorCounts.FAR]++;
        counts[SensorCounts.FAR_RUNS] += bins[sensor].isFar(before) ? 0 : 1;
      }
    }
  }

  /// The sensors at fault, one fault each: of several the one that explains the others.
  public List<SensorFault> faults(SensorCounts counts) {
    var faults = new ArrayList<SensorFault>();
    for (int sensor = 0; sensor < sensors.size() && counts.rows() > 0; sensor++) {
      var window = new SensorWindow(counts, sensor);
      var fault = fault(sensor, window);
      if (fault != null) {
        faults.add(fault);
      }
    }
    long together = faults.stream().filter(f -> OF_THE_PROCESS.contains(f.kind())).count();
    if (together * 2 > sensors.size() && sensors.size() > 1) {
      faults.removeIf(fault -> OF_THE_PROCESS.contains(fault.kind()));
    }
    return faults;
  }

  private @Nullable SensorFault fault(int sensor, SensorWindow window) {
    var profile = profiles[sensor];
    if (window.rows() < limits.minimumRows() || profile.rows() == 0) {
      return null;
    }
    double usuallyMissing = profile.missingShare();
    if (window.untrustedShare() - usuallyMissing >= limits.missingRise()) {
      return fault(
          Kind.BAD_QUALITY,
          sensor,
          "%.1f %% of the rows are marked as not to be trusted, %.1f %% were missing in training",
          100 * window.untrustedShare(),
          100 * usuallyMissing);
    }
    if (window.missingShare() - usuallyMissing >= limits.missingRise()) {
      return fault(
          Kind.OUTAGE,
          sensor,
          "%.1f %% of the values are missing, in training %.1f %%",
          100 * window.missingShare(),
          100 * usuallyMissing);
    }
    if (window.finite() < limits.minimumRows() || !profile.extent().isKnown()) {
      return null;
    }
    var unit = UnitChange.find(profile, bins[sensor], window.bins());
    if (unit != null) {
      return fault(
          Kind.UNIT_CHANGE,
          sensor,
          "%.0f %% of the values look like the reference's after %s",
          100 * unit.share(),
          unit.conversion().text());
    }
    return ofValues(sensor, window, profile.extent());
  }

  private @Nullable SensorFault ofValues(int sensor, SensorWindow window, Extent extent) {
    // a process that moves leaves most of its values between its range and far
    boolean apart = window.far() >= bins[sensor].outside(window.bins(), extent) / 2;
    if (apart && window.farShare() >= limits.farShare()) {
      return fault(
          Kind.OUT_OF_RANGE,
          sensor,
          "%.1f %% of the values lie far outside %.5g to %.5g, the range in training",
          100 * window.farShare(),
          extent.minimum(),
          extent.maximum());
    }
    if (extent.stuck() <= STANDS_BY_NATURE
        && !extent.isConstant()
        && window.stuckShare() - extent.stuck() >= limits.stuckRise()) {
      return fault(
          Kind.STUCK,
          sensor,
          "%.1f %% of the values stand still, in training %.1f %%",
          100 * window.stuckShare(),
          100 * extent.stuck());
    }
    if (window.farShare() >= limits.spikeShare()
        && window.farRuns() >= MINIMUM_SPIKES
        && window.far() <= MEAN_SPIKE_ROWS * window.farRuns()
        && apart) {
      return fault(
          Kind.SPIKES,
          sensor,
          "%d spikes far outside %.5g to %.5g, the range in training",
          window.farRuns(),
          extent.minimum(),
          extent.maximum());
    }
    return null;
  }

  private SensorFault fault(Kind kind, int sensor, String evidence, Object... figures) {
    return new SensorFault(kind, sensors.get(sensor), evidence.formatted(figures));
  }
}
