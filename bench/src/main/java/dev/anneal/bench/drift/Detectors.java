package dev.anneal.bench.drift;

import dev.anneal.bench.Numbers;
import dev.anneal.bench.Report;
import dev.anneal.drift.Adwin;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/// The stream detectors on a model's errors: rate .20, then .30.
final class Detectors {
  private static final int RUNS = 60;
  private static final int ROWS = 10_000; // before the change, and after it
  private static final double BEFORE = .20;
  private static final double AFTER = .30;

  /// Whether a detector says that the errors became more.
  interface Detector {
    boolean isRise(double error);
  }

  private Detectors() {}

  private static Map<String, Supplier<Detector>> all() {
    var all = new LinkedHashMap<String, Supplier<Detector>>();
    all.put("ADWIN", Detectors::adwin);
    return all;
  }

  private static Detector adwin() {
    var adwin = new Adwin();
    return error -> adwin.add(error) == Adwin.Change.RISE;
  }

  static void run(Report report) {
    var table =
        report.table(
            "Detectors on the error rate: .20, then .30 (%d runs)".formatted(RUNS),
            "detector",
            "false alarms per 10 000 rows",
            "median delay, rows",
            "missed, %");
    all().forEach((name, make) -> table.add(cells(name, make)));
  }

  private static Object[] cells(String name, Supplier<Detector> make) {
    long alarms = 0;
    var delays = new double[RUNS];
    int found = 0;
    for (int run = 0; run < RUNS; run++) {
      var random = new SplittableRandom(run);
      var detector = make.get();
      for (int row = 0; row < ROWS; row++) {
        alarms += detector.isRise(random.nextDouble() < BEFORE ? 1 : 0) ? 1 : 0;
      }
      int delay = 1;
      while (delay <= ROWS && !detector.isRise(random.nextDouble() < AFTER ? 1 : 0)) {
        delay++;
      }
      if (delay <= ROWS) {
        delays[found++] = delay;
      }
    }
    double median = Numbers.median(Arrays.copyOf(delays, found));
    return new Object[] {name, alarms / (double) RUNS, median, 100.0 * (RUNS - found) / RUNS};
  }
}
