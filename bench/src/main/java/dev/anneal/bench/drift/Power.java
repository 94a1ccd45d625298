package dev.anneal.bench.drift;

import dev.anneal.bench.Numbers;
import dev.anneal.bench.Progress;
import dev.anneal.bench.Report;
import dev.anneal.bench.drift.SimulatedSensors.Shift;

/// How soon a change of level is found that is there.
final class Power {
  private static final int ORGANIZATIONS = 20;
  private static final int SENSORS = 20;
  private static final int SHIFTED = 3;
  private static final int DAYS_BEFORE = 10;
  private static final int DAYS_AFTER = 42;

  private Power() {}

  static void run(Report report) {
    var table =
        report.table(
            "A shift of %d of %d features, %d organizations"
                .formatted(SHIFTED, SENSORS, ORGANIZATIONS),
            "shift σ",
            "trained, %% within %d days".formatted(DAYS_AFTER),
            "median days to the verdict",
            "median days to the training",
            "longest",
            "trained before the shift");
    for (double sigmas : new double[] {.5, 1, 2}) {
      Progress.say("power: a shift of %s σ", sigmas);
      table.add(row(sigmas));
    }
  }

  private static Object[] row(double sigmas) {
    var verdicts = new double[ORGANIZATIONS];
    var trainings = new double[ORGANIZATIONS];
    int early = 0;
    int found = 0;
    for (int i = 0; i < ORGANIZATIONS; i++) {
      int from = Organization.REFERENCE_DAYS + DAYS_BEFORE;
      var shift = new Shift(from, SHIFTED, sigmas);
      var sensors = SimulatedSensors.of(1_000 + i, SENSORS, from + DAYS_AFTER, shift);
      var organization = new Organization(sensors);
      for (int day = 0; day < DAYS_BEFORE; day++) {
        early += organization.next().trainings();
      }
      // what was not found has taken for ever
      verdicts[i] = Double.POSITIVE_INFINITY;
      trainings[i] = Double.POSITIVE_INFINITY;
      for (int day = 1; day <= DAYS_AFTER && Double.isInfinite(trainings[i]); day++) {
        var next = organization.next();
        verdicts[i] = next.drifted() ? Math.min(verdicts[i], day) : verdicts[i];
        trainings[i] = next.trainings() > 0 ? day : trainings[i];
      }
      found += Double.isFinite(trainings[i]) ? 1 : 0;
    }
    return new Object[] {
      sigmas,
      100.0 * found / ORGANIZATIONS,
      Numbers.median(verdicts),
      Numbers.median(trainings),
      Numbers.quantile(trainings, 1),
      early
    };
  }
}
