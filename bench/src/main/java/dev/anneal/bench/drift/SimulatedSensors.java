package dev.anneal.bench.drift;

import dev.anneal.drift.TrainingRows;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// The sensors of one organization: first-order autoregressive noise (φ = .95) over a daily cycle
/// of its own phase, sampled every 5 minutes, as plants look that do not change.
final class SimulatedSensors {
  static final int SAMPLES_A_DAY = 288;
  static final long SAMPLE_MICROS = 300_000_000L;

  private static final double MEMORY = .95;
  private static final double CYCLE = 1; // amplitude, beside noise of variance 1
  private static final double DEVIATION = Math.sqrt(1 + CYCLE * CYCLE / 2);

  private final float[][] rows;

  private SimulatedSensors(float[][] rows) {
    this.rows = rows;
  }

  /// A change of level.
  ///
  /// @param fromDay day of its first row
  /// @param sensors how many, the first ones
  /// @param sigmas in standard deviations of the sensor, cycle included
  record Shift(int fromDay, int sensors, double sigmas) {
    static final Shift NONE = new Shift(Integer.MAX_VALUE / SAMPLES_A_DAY, 0, 0);
  }

  static SimulatedSensors of(long seed, int sensors, int days, Shift shift) {
    var random = new SplittableRandom(seed);
    double[] state = random.doubles(sensors).map(_ -> random.nextGaussian()).toArray();
    double[] phase = random.doubles(sensors, 0, 2 * Math.PI).toArray();
    double innovation = Math.sqrt(1 - MEMORY * MEMORY);
    var rows = new float[days * SAMPLES_A_DAY][sensors];
    for (int row = 0; row < rows.length; row++) {
      double level = row >= shift.fromDay() * SAMPLES_A_DAY ? shift.sigmas() * DEVIATION : 0;
      for (int sensor = 0; sensor < sensors; sensor++) {
        state[sensor] = MEMORY * state[sensor] + innovation * random.nextGaussian();
        double cycle = CYCLE * Math.sin(2 * Math.PI * row / SAMPLES_A_DAY + phase[sensor]);
        rows[row][sensor] =
            (float) (state[sensor] + cycle + (sensor < shift.sensors() ? level : 0));
      }
    }
    return new SimulatedSensors(rows);
  }

  float[] row(int index) {
    return rows[index];
  }

  List<String> names() {
    return IntStream.range(0, rows[0].length).mapToObj(i -> "sensor" + i).toList();
  }

  /// The rows of `days` days from `fromDay` on, of one sensor, sorted.
  double[] sorted(int sensor, int fromDay, int days) {
    return IntStream.range(fromDay * SAMPLES_A_DAY, (fromDay + days) * SAMPLES_A_DAY)
        .mapToDouble(row -> rows[row][sensor])
        .sorted()
        .toArray();
  }

  /// The first days as a model was trained on them.
  TrainingRows training(int days) {
    return new TrainingRows() {
      @Override
      public int size() {
        return days * SAMPLES_A_DAY;
      }

      @Override
      public int asset(int row) {
        return 0;
      }

      @Override
      public long eventTimeMicros(int row) {
        return row * SAMPLE_MICROS;
      }

      @Override
      public float value(int row, int column) {
        return rows[row][column];
      }
    };
  }
}
