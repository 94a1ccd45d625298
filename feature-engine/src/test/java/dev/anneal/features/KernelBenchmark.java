package dev.anneal.features;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// Nanoseconds of CPU per row of 8 sensors to 88 features, and heap bytes per asset: windows of 5
/// and 10 s (profile S) and of 5 and 10 min (M), of 50 and 1,000 assets that report once a second.
///
/// Arguments: rows to measure of each (2,000,000), rounds (5).
public final class KernelBenchmark {
  private static final int SENSORS = 8;
  private static final long SECOND = 1_000_000;
  private static final List<Statistic> STATISTICS =
      List.of(Statistic.MEAN, Statistic.STD, Statistic.MIN, Statistic.MAX);

  private KernelBenchmark() {}

  private static FeatureSpecification specification(List<String> windows) {
    return FeatureSpecification.of(
            List.of("s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8"), List.of(60, 120), windows)
        .with(STATISTICS)
        .with(RowFeatures.NONE);
  }

  public static void main(String[] arguments) {
    int rows = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 2_000_000;
    int only = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 0;
    int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
    System.out.printf("%-22s %8s %10s %12s%n", "profile", "assets", "ns/row", "bytes/asset");
    for (int assets : only > 0 ? new int[] {only} : new int[] {50, 1000}) {
      for (var windows :
          List.of(
              List.of("5", "10"),
              List.of("5s", "10s"),
              List.of("300", "600"),
              List.of("5m", "10m"))) {
        measure(windows, assets, rows, rounds);
      }
    }
  }

  private static void measure(List<String> windows, int assetCount, int rows, int rounds) {
    var specification = specification(windows);
    var kernel = new FeatureKernel(specification);
    var assets = new AssetFeatures[assetCount];
    Arrays.setAll(assets, _ -> new AssetFeatures(kernel));
    var random = new SplittableRandom(1);
    var values = new double[4096][SENSORS];
    for (var row : values) {
      Arrays.setAll(row, _ -> Math.round(random.nextDouble() * 10_000) / 100.0);
    }
    var vector = new float[specification.width()];
    var cpu = ManagementFactory.getThreadMXBean();
    var measured = new double[rounds];
    long tick = 0;
    float sink = 0;
    for (; tick < 800; tick++) { // all windows full
      sink += pass(assets, tick, values, vector);
    }
    for (int round = 0; round < rounds; round++) {
      long begin = cpu.getCurrentThreadCpuTime();
      long ticks = Math.max(1, rows / assetCount);
      for (long end = tick + ticks; tick < end; tick++) {
        sink += pass(assets, tick, values, vector);
      }
      measured[round] = (cpu.getCurrentThreadCpuTime() - begin) / (double) (ticks * assetCount);
    }
    Arrays.sort(measured);
    System.out.printf(
        "%-22s %8d %10.0f %12d   best %.0f%s%n",
        windows,
        assetCount,
        measured[rounds / 2],
        assets[0].memoryBytes(),
        measured[0],
        sink == 42 ? "!" : "");
  }

  private static float pass(AssetFeatures[] assets, long tick, double[][] values, float[] vector) {
    float sink = 0;
    for (int asset = 0; asset < assets.length; asset++) {
      int row = (int) (asset * 31 + tick) & (values.length - 1);
      assets[asset].add((1_700_000_000L + tick) * SECOND, tick, values[row]);
      assets[asset].computeInto(vector);
      sink += vector[(int) (tick % vector.length)];
    }
    return sink;
  }
}
