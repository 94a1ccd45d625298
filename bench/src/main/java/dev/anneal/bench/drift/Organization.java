package dev.anneal.bench.drift;

import static dev.anneal.bench.drift.SimulatedSensors.SAMPLES_A_DAY;

import dev.anneal.bench.PolicyShell;
import dev.anneal.drift.Bins;
import dev.anneal.drift.DriftLimits;
import dev.anneal.drift.DriftTest;
import dev.anneal.drift.FeatureProfile;
import dev.anneal.drift.ReferenceProfile;
import dev.anneal.drift.WindowCounts;
import dev.anneal.policy.Cause;
import dev.anneal.policy.DriftReport;
import dev.anneal.policy.DriftReport.Span;
import dev.anneal.policy.EventTime;
import dev.anneal.policy.Evidence;
import dev.anneal.policy.PolicyEvent.Requested;
import dev.anneal.policy.PolicyInput;
import dev.anneal.policy.RetrainingPolicy;
import dev.anneal.policy.RetrainingSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// One simulated organization on Anneal's drift path, with the product's defaults: a model deployed
/// after the reference days, its profile, counts of every later day, a verdict on each day and on
/// each last week, and the retraining policy that hears them. Labels are known at once, so that
/// their lack holds nothing back.
final class Organization {
  static final int REFERENCE_DAYS = 28;

  private static final String VERSION = "v1";
  private static final int LONG_DAYS = RetrainingSettings.DEFAULT.windows().longDays();

  private final SimulatedSensors sensors;
  private final ReferenceProfile reference;
  private final List<Bins> bins;
  private final DriftTest test;
  private final List<WindowCounts> days = new ArrayList<>();
  private final PolicyShell policy =
      new PolicyShell(new RetrainingPolicy("bench/model", 0, RetrainingSettings.DEFAULT));

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
    this.test = new DriftTest(reference, DriftLimits.DEFAULT, sensors.names());
    for (int day = 0; day < REFERENCE_DAYS; day++) {
      train(advance(day));
    }
  }

  /// Shares of the gain that fall with the rank, as models have them: one feature of the first
  /// three is enough for a verdict.
  private static double[] importances(int features) {
    double sum = IntStream.rangeClosed(1, features).mapToDouble(rank -> 1.0 / rank).sum();
    return IntStream.rangeClosed(1, features).mapToDouble(rank -> 1.0 / rank / sum).toArray();
  }

  /// What a day after the reference brings.
  ///
  /// @param drifted whether a window that ends with it drifted
  /// @param trainings asked for because of drift; a first model is refreshed without
  record Day(boolean drifted, int trainings) {}

  Day next() {
    int day = REFERENCE_DAYS + days.size();
    int trainings = train(advance(day));
    days.add(count(day));
    var shortReport = report(Span.SHORT, day, days.getLast());
    trainings += train(policy.hear(new PolicyInput.Evaluated(shortReport)));
    boolean drifted = shortReport.drifted();
    if (days.size() >= LONG_DAYS) {
      var counts = WindowCounts.empty(reference);
      days.subList(days.size() - LONG_DAYS, days.size()).forEach(counts::add);
      var longReport = report(Span.LONG, day - LONG_DAYS + 1, counts);
      trainings += train(policy.hear(new PolicyInput.Evaluated(longReport)));
      drifted |= longReport.drifted();
    }
    return new Day(drifted, trainings);
  }

  private List<Requested> advance(int day) {
    var rowsByHour = new TreeMap<Long, Long>();
    for (long hour = day * 24L; hour < (day + 1) * 24L; hour++) {
      rowsByHour.put(hour, SAMPLES_A_DAY / 24L);
    }
    long end = (day + 1) * EventTime.DAY_MICROS;
    return policy.hear(new PolicyInput.Advanced(rowsByHour, end));
  }

  /// Every training ends with a model that serves.
  ///
  /// @return those because of drift
  private int train(List<Requested> requests) {
    requests.forEach(
        r -> policy.hear(new PolicyInput.Ended(r.requestId(), PolicyInput.End.DEPLOYED)));
    return (int) requests.stream().filter(r -> r.cause() == Cause.DRIFT).count();
  }

  private WindowCounts count(int day) {
    var counts = WindowCounts.empty(reference);
    for (int row = day * SAMPLES_A_DAY; row < (day + 1) * SAMPLES_A_DAY; row++) {
      counts.add(bins, sensors.row(row));
    }
    return counts;
  }

  private DriftReport report(Span span, int fromDay, WindowCounts counts) {
    int toDay = REFERENCE_DAYS + days.size();
    return new DriftReport(
        "deployment",
        VERSION,
        Evidence.FEATURES,
        span,
        fromDay * EventTime.DAY_MICROS,
        toDay * EventTime.DAY_MICROS,
        counts.rows(),
        test.evaluate(counts));
  }
}
