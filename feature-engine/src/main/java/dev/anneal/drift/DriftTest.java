package dev.anneal.drift;

import dev.anneal.drift.DriftEvaluation.FeatureDrift;
import dev.anneal.drift.DriftEvaluation.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/// Compares the counts of a window with the reference profile of the deployed version. Features
/// with too few effective rows are not tested; features that went missing are a sensor's fault and
/// have no vote.
public final class DriftTest {
  private final ReferenceProfile reference;
  private final DriftLimits limits;
  private final List<String> sensors;

  public DriftTest(ReferenceProfile reference, DriftLimits limits) {
    this(reference, limits, List.of());
  }

  /// @param sensors of the model, whose names its features begin with
  public DriftTest(ReferenceProfile reference, DriftLimits limits, List<String> sensors) {
    this.reference = reference;
    this.limits = limits;
    this.sensors = List.copyOf(sensors);
  }

  /// @param window counts over the reference's bins
  public DriftEvaluation evaluate(WindowCounts window) {
    return evaluate(window, List.of());
  }

  /// @param window counts over the reference's bins
  /// @param faulty sensors, whose features have no vote
  public DriftEvaluation evaluate(WindowCounts window, List<SensorFault> faulty) {
    var statistics = new ArrayList<FeatureDrift>();
    var faults = new ArrayList<>(featuresOf(faulty));
    for (int i = 0; i < reference.features().size(); i++) {
      var profile = reference.features().get(i);
      statistics.add(statistic(profile, window.counts()[i]));
      if (missingShare(window.counts()[i]) - missingShare(countsOf(profile)) >= limits.missingRise()
          && !faults.contains(profile.name())) {
        faults.add(profile.name());
      }
    }
    return verdict(significant(statistics), faults);
  }

  private List<String> featuresOf(List<SensorFault> faulty) {
    var names = faulty.stream().map(SensorFault::sensor).toList();
    return reference.features().stream()
        .map(FeatureProfile::name)
        .filter(feature -> names.contains(sensorOf(feature)))
        .toList();
  }

  /// The longest sensor's name that the feature's begins with; empty without one.
  private String sensorOf(String feature) {
    return sensors.stream()
        .filter(sensor -> feature.equals(sensor) || feature.startsWith(sensor + "_"))
        .max(Comparator.comparingInt(String::length))
        .orElse("");
  }

  private FeatureDrift statistic(FeatureProfile profile, long[] current) {
    long[] counts = countsOf(profile);
    double referenceRows = Arrays.stream(counts).sum() / profile.tau();
    double currentRows = Arrays.stream(current).sum() / profile.tau();
    boolean enough = Math.min(referenceRows, currentRows) >= limits.minimumEffectiveRows();
    var stability = PopulationStability.of(counts, current, referenceRows, currentRows);
    double pValue = enough ? stability.pValue() : Double.NaN;
    return new FeatureDrift(
        profile.name(), stability.index(), pValue, referenceRows, currentRows, false);
  }

  private List<FeatureDrift> significant(List<FeatureDrift> statistics) {
    var pValues = statistics.stream().mapToDouble(FeatureDrift::pValue).toArray();
    boolean[] rejected = benjaminiHochberg(pValues, limits.falseDiscoveryRate());
    return IntStream.range(0, pValues.length)
        .mapToObj(i -> withDrifted(statistics.get(i), rejected[i]))
        .toList();
  }

  private static FeatureDrift withDrifted(FeatureDrift f, boolean drifted) {
    return new FeatureDrift(
        f.name(),
        f.index(),
        f.pValue(),
        f.referenceEffectiveRows(),
        f.currentEffectiveRows(),
        drifted);
  }

  private DriftEvaluation verdict(List<FeatureDrift> statistics, List<String> faults) {
    long tested = statistics.stream().filter(f -> !Double.isNaN(f.pValue())).count();
    var drifted =
        new ArrayList<>(
            statistics.stream().filter(FeatureDrift::drifted).map(FeatureDrift::name).toList());
    drifted.removeAll(faults);
    var important = new HashSet<>(drifted);
    important.retainAll(topFeatures());
    if (drifted.size() >= limits.minimumFeatures() || !important.isEmpty()) {
      String reason =
          "%d of %d tested features drifted: %s"
              .formatted(drifted.size(), tested, shortened(drifted));
      return new DriftEvaluation(Verdict.DRIFT, reason, statistics);
    }
    if (!faults.isEmpty()) {
      return new DriftEvaluation(
          Verdict.SENSOR_FAULT, "values went missing: " + shortened(faults), statistics);
    }
    if (tested * 2 < statistics.size() || tested == 0) {
      String reason =
          "%d of %d features have %.0f effective rows on both sides"
              .formatted(tested, statistics.size(), limits.minimumEffectiveRows());
      return new DriftEvaluation(Verdict.INSUFFICIENT, reason, statistics);
    }
    String reason = "%d of %d tested features drifted".formatted(drifted.size(), tested);
    return new DriftEvaluation(Verdict.STABLE, reason, statistics);
  }

  private Set<String> topFeatures() {
    var names = new HashSet<String>();
    reference.features().stream()
        .filter(profile -> profile.importance() > 0)
        .sorted(Comparator.comparingDouble(FeatureProfile::importance).reversed())
        .limit(limits.topFeatures())
        .forEach(profile -> names.add(profile.name()));
    return names;
  }

  /// Which p-values are discoveries at the false discovery rate; NaN is not tested.
  static boolean[] benjaminiHochberg(double[] pValues, double rate) {
    var sorted = Arrays.stream(pValues).filter(p -> !Double.isNaN(p)).sorted().toArray();
    double bound = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < sorted.length; i++) {
      bound = sorted[i] <= rate * (i + 1) / sorted.length ? sorted[i] : bound;
    }
    var rejected = new boolean[pValues.length];
    for (int i = 0; i < pValues.length; i++) {
      rejected[i] = pValues[i] <= bound;
    }
    return rejected;
  }

  private static double missingShare(long[] counts) {
    long missing = counts[counts.length - 1] + counts[counts.length - 2];
    return missing / (double) Math.max(1, Arrays.stream(counts).sum());
  }

  private static long[] countsOf(FeatureProfile profile) {
    return profile.counts().stream().mapToLong(Long::longValue).toArray();
  }

  private static String shortened(List<String> names) {
    return names.size() <= 5
        ? String.join(", ", names)
        : String.join(", ", names.subList(0, 5)) + " and " + (names.size() - 5) + " more";
  }
}
