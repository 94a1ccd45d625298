package dev.anneal.bench.drift;

import dev.anneal.drift.Bins;
import dev.anneal.drift.DriftEvaluation;
import dev.anneal.drift.DriftEvaluation.Verdict;
import dev.anneal.drift.DriftLimits;
import dev.anneal.drift.DriftTest;
import dev.anneal.drift.FeatureProfile;
import dev.anneal.drift.ReferenceProfile;
import dev.anneal.drift.WindowCounts;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// One simulated organization on Anneal's drift path: a reference profile of the first days, counts
/// of every later day, and the verdict on each day and on each last week.
final class Organization {
  static final int REFERENCE_DAYS = 28;
  private static final int WEEK = 7;

  private final SimulatedSensors sensors;
  private final ReferenceProfile reference;
  private final List<Bins> bins;
  private final DriftTest test;
  private final List<WindowCounts> days = new ArrayList<>();

  Organization(SimulatedSensors sensors) {
    this.sensors = sensors;
    this.reference =
        ReferenceProfile.build(
            sensors.names(),
            importances(sensors.names().size()),
            sensors.training(REFERENCE_DAYS),
            null,
            null);
    this.bins = reference.features().stream().map(FeatureProfile::bins).toList();
    this.test = new DriftTest(reference, DriftLimits.DEFAULT);
  }

  /// Shares of the gain that fall with the rank, as models have them: one feature of the first
  /// three is enough for a verdict.
  private static double[] importances(int features) {
    double sum = IntStream.rangeClosed(1, features).mapToDouble(rank -> 1.0 / rank).sum();
    return IntStream.rangeClosed(1, features).mapToDouble(rank -> 1.0 / rank / sum).toArray();
  }

  /// What the windows say that end with a day after the reference.
  ///
  /// @param week null in the first days
  record Day(DriftEvaluation day, @org.jspecify.annotations.Nullable DriftEvaluation week) {
    boolean hasDrift() {
      return day.verdict() == Verdict.DRIFT || (week != null && week.verdict() == Verdict.DRIFT);
    }
  }

  Day next() {
    int from = (REFERENCE_DAYS + days.size()) * SimulatedSensors.SAMPLES_A_DAY;
    var counts = WindowCounts.empty(reference);
    for (int row = from; row < from + SimulatedSensors.SAMPLES_A_DAY; row++) {
      counts.add(bins, sensors.row(row));
    }
    days.add(counts);
    return new Day(test.evaluate(counts), days.size() < WEEK ? null : test.evaluate(week()));
  }

  private WindowCounts week() {
    var week = WindowCounts.empty(reference);
    days.subList(days.size() - WEEK, days.size()).forEach(week::add);
    return week;
  }
}
