package dev.anneal.bench.drift;

import dev.anneal.bench.Goal;
import dev.anneal.bench.Progress;
import dev.anneal.bench.Report;
import dev.anneal.bench.drift.SimulatedSensors.Shift;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/// Many organizations, many sensors, many days, no drift: every alarm is false.
final class Storm {
  private static final int ORGANIZATIONS = 20;
  private static final int SENSORS = 20;
  private static final int DAYS = 60;

  private Storm() {}

  static void run(Report report) {
    var naive = new LinkedHashMap<String, Integer>();
    int verdicts = 0;
    int trainings = 0;
    for (int organization = 0; organization < ORGANIZATIONS; organization++) {
      Progress.say("storm: organization %d of %d", organization + 1, ORGANIZATIONS);
      var sensors =
          SimulatedSensors.of(
              organization, SENSORS, Organization.REFERENCE_DAYS + DAYS, Shift.NONE);
      countNaive(sensors, naive);
      var anneal = new Organization(sensors);
      for (int day = 0; day < DAYS; day++) {
        var next = anneal.next();
        verdicts += next.drifted() ? 1 : 0;
        trainings += next.trainings();
      }
    }
    var table =
        report.table(
            "No drift: %d organizations × %d sensors × %d days"
                .formatted(ORGANIZATIONS, SENSORS, DAYS),
            "rule",
            "days called drift",
            "of");
    naive.forEach((rule, days) -> table.add(rule, days, ORGANIZATIONS * DAYS));
    table.add("Anneal: a day's or a week's verdict", verdicts, ORGANIZATIONS * DAYS);
    table.add("Anneal: trainings asked for because of drift", trainings, ORGANIZATIONS * DAYS);
    report.goal(Goal.atMost("false retrainings in the no-drift storm", "trainings", 0, trainings));
  }

  private static void countNaive(SimulatedSensors sensors, Map<String, Integer> counts) {
    var reference = sorted(sensors, 0, Organization.REFERENCE_DAYS);
    for (int day = 0; day < DAYS; day++) {
      var current = sorted(sensors, Organization.REFERENCE_DAYS + day, 1);
      NaiveRules.verdicts(reference, current)
          .forEach((rule, drift) -> counts.merge(rule, drift ? 1 : 0, Integer::sum));
    }
  }

  private static double[][] sorted(SimulatedSensors sensors, int fromDay, int days) {
    return IntStream.range(0, SENSORS)
        .mapToObj(sensor -> sensors.sorted(sensor, fromDay, days))
        .toArray(double[][]::new);
  }
}
