package dev.anneal.bench.drift;

import dev.anneal.bench.Numbers;
import dev.anneal.bench.Report;
import dev.anneal.bench.Scale;
import dev.anneal.bench.drift.SimulatedSensors.Shift;
import dev.anneal.drift.Adwin;
import dev.anneal.drift.Bins;
import dev.anneal.drift.FeatureProfile;
import dev.anneal.drift.ReferenceProfile;
import dev.anneal.drift.WindowCounts;
import java.lang.management.ManagementFactory;
import java.util.List;

/// What watching costs for each feature of each row, CPU time.
final class Cost {
  private static final int FEATURES = 88;
  private static final int DAYS = 14;
  private static final int ROUNDS = 5;

  private Cost() {}

  static void run(Report report, Scale scale) {
    int rows = scale.choose(200_000, 1_000_000);
    var sensors = SimulatedSensors.of(1, FEATURES, DAYS, Shift.NONE);
    var table = report.table("Cost, %d features".formatted(FEATURES), "per feature and row", "ns");
    table.add("counting over the reference's bins", nanos(rows, counting(sensors)));
    table.add("ADWIN", nanos(rows, adwin()));
  }

  private interface Row {
    void see(float[] row);
  }

  private static double nanos(int rows, Row watch) {
    var sensors = SimulatedSensors.of(2, FEATURES, DAYS, Shift.NONE);
    var threads = ManagementFactory.getThreadMXBean();
    var rounds = new double[ROUNDS];
    for (int round = -1; round < ROUNDS; round++) { // the first warms up
      long start = threads.getCurrentThreadCpuTime();
      for (int row = 0; row < rows; row++) {
        watch.see(sensors.row(row % (DAYS * SimulatedSensors.SAMPLES_A_DAY)));
      }
      long nanos = threads.getCurrentThreadCpuTime() - start;
      rounds[Math.max(0, round)] = nanos / (double) rows / FEATURES;
    }
    return Numbers.median(rounds);
  }

  private static Row counting(SimulatedSensors sensors) {
    var reference =
        ReferenceProfile.build(
            sensors.names(), new double[FEATURES], sensors.training(DAYS), null, null);
    List<Bins> bins = reference.features().stream().map(FeatureProfile::bins).toList();
    var counts = WindowCounts.empty(reference);
    return row -> counts.add(bins, row);
  }

  private static Row adwin() {
    var detectors = new Adwin[FEATURES];
    for (int i = 0; i < FEATURES; i++) {
      detectors[i] = new Adwin();
    }
    return row -> {
      for (int i = 0; i < FEATURES; i++) {
        detectors[i].add((row[i] + 6) / 12); // near enough to [0, 1]
      }
    };
  }
}
