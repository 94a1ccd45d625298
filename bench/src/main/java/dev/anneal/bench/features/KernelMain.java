package dev.anneal.bench.features;

import dev.anneal.bench.Numbers;
import dev.anneal.features.AssetFeatures;
import dev.anneal.features.FeatureKernel;
import java.lang.management.ManagementFactory;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// The kernel alone, one thread: `KernelMain <profile> <assets> <rows>`. Prints CPU nanoseconds a
/// row and heap bytes an asset.
final class KernelMain {
  private static final int ROUNDS = 5;
  private static final int DIFFERENT_ROWS = 4_096; // of input, few enough for the cache

  private final AssetFeatures[] assets;
  private final double[][] values;
  private final float[] target;
  private long row;

  private KernelMain(Profile profile, int count) {
    var kernel = new FeatureKernel(profile.specification());
    this.assets = new AssetFeatures[count];
    for (int i = 0; i < count; i++) {
      assets[i] = new AssetFeatures(kernel);
    }
    this.target = new float[profile.specification().width()];
    var random = new SplittableRandom(1);
    this.values =
        IntStream.range(0, DIFFERENT_ROWS)
            .mapToObj(_ -> random.doubles(Profile.SENSORS, 10, 90).toArray())
            .toArray(double[][]::new);
  }

  public static void main(String[] arguments) {
    var profile = Profile.valueOf(arguments[0]);
    int count = Integer.parseInt(arguments[1]);
    int rows = Integer.parseInt(arguments[2]);
    var kernel = new KernelMain(profile, count);
    kernel.run(Math.max(rows, 2 * profile.rowsToFill() / profile.assets() * count));
    var rounds = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      rounds[round] = kernel.run(rows);
    }
    System.out.printf("%s %s%n", Numbers.median(rounds), kernel.assets[0].memoryBytes());
  }

  /// @return CPU time a row, nanoseconds
  private double run(int rows) {
    var threads = ManagementFactory.getThreadMXBean();
    long start = threads.getCurrentThreadCpuTime();
    for (int i = 0; i < rows; i++) {
      var asset = assets[(int) (row % assets.length)];
      asset.add(row / assets.length * 1_000_000, row, values[(int) (row % DIFFERENT_ROWS)]);
      asset.computeInto(target);
      row++;
    }
    return (threads.getCurrentThreadCpuTime() - start) / (double) rows;
  }
}
