package dev.anneal.drift;

import dev.anneal.drift.DriftEvaluation.FeatureDrift;
import dev.anneal.drift.DriftEvaluation.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Compares the counts of a window with the reference profile of the deployed version. Features
/// with too few effective rows are not tested; features that went missing and those of sensors at
/// fault have no vote.
public final class DriftTest {
  private static final int NAMED = 5;

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
  /// @param faults of sensors, whose features have no vote
  public DriftEvaluation evaluate(WindowCounts window, List<SensorFault> faults) {
    var features = new ArrayList<FeatureDrift>();
    var missing = new ArrayList<String>();
    var silent = featuresOf(faults);
    for (int i = 0; i < reference.features().size(); i++) {
      var profile = reference.features().get(i);
      var comparison = new FeatureComparison(profile, window.counts()[i]);
      features.add(comparison.compare(limits.minimumEffectiveRows()));
      if (comparison.missingRise() >= limits.missingRise() && !silent.contains(profile.name())) {
        missing.add(profile.name());
      }
    }
    silent.addAll(missing);
    var judged = discoveries(features, silent);
    return verdict(judged, silent, missing, faults);
  }

  private Set<String> featuresOf(List<SensorFault> faults) {
    var names = faults.stream().map(SensorFault::sensor).toList();
    var features = new HashSet<String>();
    for (var profile : reference.features()) {
      if (names.contains(sensorOf(profile.name()))) {
        features.add(profile.name());
      }
    }
    return features;
  }

  /// The longest sensor's name that the feature's begins with; empty without one.
  private String sensorOf(String feature) {
    return sensors.stream()
        .filter(sensor -> feature.equals(sensor) || feature.startsWith(sensor + "_"))
        .max(Comparator.comparingInt(String::length))
        .orElse("");
  }

  /// Marks what drifted among the features that have a vote.
  private List<FeatureDrift> discoveries(List<FeatureDrift> features, Set<String> silent) {
    var pValues =
        features.stream()
            .mapToDouble(f -> silent.contains(f.name()) ? Double.NaN : f.pValue())
            .toArray();
    boolean[] found = limits.correction().discoveries(pValues, limits.falseDiscoveryRate());
    var judged = new ArrayList<FeatureDrift>();
    for (int i = 0; i < found.length; i++) {
      judged.add(found[i] ? features.get(i).asDrifted() : features.get(i));
    }
    return judged;
  }

  private DriftEvaluation verdict(
      List<FeatureDrift> features,
      Set<String> silent,
      List<String> missing,
      List<SensorFault> faults) {
    var drifted = features.stream().filter(FeatureDrift::drifted).toList();
    long tested =
        features.stream()
            .filter(f -> !Double.isNaN(f.pValue()) && !silent.contains(f.name()))
            .count();
    var top = topFeatures();
    boolean important = drifted.stream().anyMatch(f -> top.contains(f.name()));
    String reason = "%d of %d tested features drifted".formatted(drifted.size(), tested);
    var verdict = Verdict.STABLE;
    if (drifted.size() >= limits.minimumFeatures() || important) {
      verdict = Verdict.DRIFT;
      reason += ": " + shortened(drifted.stream().map(DriftTest::told).toList());
    } else if (!silent.isEmpty()) {
      verdict = Verdict.SENSOR_FAULT;
      reason = told(missing, faults);
    } else if (tested * 2 < features.size() || tested == 0) {
      verdict = Verdict.INSUFFICIENT;
      reason =
          "%d of %d features have %.0f effective rows on both sides"
              .formatted(tested, features.size(), limits.minimumEffectiveRows());
    }
    return new DriftEvaluation(verdict, reason, features, faults);
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

  private static String told(FeatureDrift drift) {
    return String.format(
        Locale.ROOT,
        "%s (psi %.2f, p %.1g of %.0f effective rows)",
        drift.name(),
        drift.index(),
        drift.pValue(),
        drift.currentEffectiveRows());
  }

  private static String told(List<String> missing, List<SensorFault> faults) {
    var told = new ArrayList<String>();
    for (var fault : faults) {
      told.add("%s: %s".formatted(fault.sensor(), fault.evidence()));
    }
    if (!missing.isEmpty()) {
      told.add("values went missing: " + shortened(missing));
    }
    return shortened(told);
  }

  private static String shortened(List<String> names) {
    return names.size() <= NAMED
        ? String.join(", ", names)
        : String.join(", ", names.subList(0, NAMED)) + " and " + (names.size() - NAMED) + " more";
  }
}
