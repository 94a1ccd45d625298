package dev.anneal.bench.drift;

import dev.anneal.bench.Numbers;
import dev.anneal.bench.Report;
import dev.anneal.drift.Detector;
import java.util.Arrays;
import java.util.SplittableRandom;

/// The stream detectors on a model's errors: rate .20, then .30.
final class Detectors {
  private static final int RUNS = 60;
  private static final int ROWS = 10_000; // before the change, and after it
  private static final double BEFORE = .20;
  private static final double AFTER = .30;

  private Detectors() {}

  static void run(Report report) {
    var table =
        report.table(
            "Detectors on the error rate: .20, then .30 (%d runs)".formatted(RUNS),
            "detector",
            "false alarms per 10 000 rows",
            "median delay, rows",
            "missed, %");
    for (var kind : Detector.Kind.values()) {
      table.add(cells(kind));
    }
  }

  private static Object[] cells(Detector.Kind kind) {
    long alarms = 0;
    var delays = new double[RUNS];
    int found = 0;
    for (int run = 0; run < RUNS; run++) {
      var random = new SplittableRandom(run);
      var detector = kind.create();
      for (int row = 0; row < ROWS; row++) {
        alarms += isRise(detector, random.nextDouble() < BEFORE) ? 1 : 0;
      }
      int delay = 1;
      while (delay <= ROWS && !isRise(detector, random.nextDouble() < AFTER)) {
        delay++;
      }
      if (delay <= ROWS) {
        delays[found++] = delay;
      }
    }
    double median = Numbers.median(Arrays.copyOf(delays, found));
    return new Object[] {
      kind.name(), alarms / (double) RUNS, median, 100.0 * (RUNS - found) / RUNS
    };
  }

  private static boolean isRise(Detector detector, boolean isError) {
    return detector.add(isError ? 1 : 0) == Detector.Change.RISE;
  }
}
