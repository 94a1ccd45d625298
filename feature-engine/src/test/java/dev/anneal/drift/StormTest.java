package dev.anneal.drift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.drift.DriftEvaluation.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Days of sensors that do not change, and of some that do, in miniature: autoregressive noise (φ =
/// .95) with a daily cycle, 20 sensors, 288 samples a day, 28 days of reference.
class StormTest {
  private static final int SENSORS = 20;
  private static final int SAMPLES = 288;
  private static final int REFERENCE_DAYS = 28;
  private static final double CYCLE = 1;
  private static final double SIGMA = Math.sqrt(1 + CYCLE * CYCLE / 2);

  @Test
  void noDayOfSensorsThatDoNotChangeDrifts() {
    for (long seed = 1; seed <= 4; seed++) {
      assertThat(drifts(seed, 60, SENSORS, 0, 1)).as("seed %d, days", seed).isEmpty();
      assertThat(drifts(seed, 60, SENSORS, 0, 7)).as("seed %d, weeks", seed).isEmpty();
    }
  }

  @Test
  void theUsualTestOnTheSameDaysAlarmsDaily() {
    int alarms = 0;
    var plant = new Plant(1, REFERENCE_DAYS + 20, SENSORS, 0);
    for (int day = REFERENCE_DAYS; day < REFERENCE_DAYS + 20; day++) {
      alarms += plant.anyNaiveKolmogorovSmirnov(day) ? 1 : 0;
    }

    assertThat(alarms).isEqualTo(20);
  }

  @Test
  void aShiftOfThreeSensorsByTwoSigmaIsFoundInADay() {
    for (long seed = 1; seed <= 6; seed++) {
      assertThat(drifts(seed, 1, 3, 2, 1)).as("seed %d", seed).containsExactly(1);
    }
  }

  @Test
  void aShiftOfThreeSensorsByHalfASigmaIsFoundInWeeks() {
    int found = 0;
    for (long seed = 1; seed <= 6; seed++) {
      found += drifts(seed, 42, 3, .5, 7).isEmpty() ? 0 : 1;
    }

    assertThat(found).isGreaterThanOrEqualTo(3);
  }

  /// The days after the reference whose window drifts.
  private static List<Integer> drifts(
      long seed, int days, int shifted, double sigmas, int windowDays) {
    var plant = new Plant(seed, REFERENCE_DAYS + days, shifted, sigmas);
    var reference = plant.reference();
    var test = new DriftTest(reference, DriftLimits.DEFAULT);
    var bins = reference.features().stream().map(FeatureProfile::bins).toList();
    var drifts = new ArrayList<Integer>();
    for (int end = REFERENCE_DAYS + windowDays; end <= REFERENCE_DAYS + days; end++) {
      var counts = WindowCounts.empty(reference);
      for (int row = (end - windowDays) * SAMPLES; row < end * SAMPLES; row++) {
        counts.add(bins, plant.rows[row]);
      }
      if (test.evaluate(counts).verdict() == Verdict.DRIFT) {
        drifts.add(end - REFERENCE_DAYS);
      }
    }
    return drifts;
  }

  private static final class Plant implements TrainingRows {
    private final float[][] rows;

    Plant(long seed, int days, int shifted, double sigmas) {
      var random = new SplittableRandom(seed);
      double[] state = random.doubles(SENSORS).map(_ -> random.nextGaussian()).toArray();
      double[] phase = random.doubles(SENSORS, 0, 2 * Math.PI).toArray();
      rows = new float[days * SAMPLES][SENSORS];
      for (int row = 0; row < rows.length; row++) {
        double level = row < REFERENCE_DAYS * SAMPLES ? 0 : sigmas * SIGMA;
        for (int i = 0; i < SENSORS; i++) {
          state[i] = .95 * state[i] + Math.sqrt(1 - .95 * .95) * random.nextGaussian();
          double cycle = CYCLE * Math.sin(2 * Math.PI * row / SAMPLES + phase[i]);
          rows[row][i] = (float) (state[i] + cycle + (i < shifted ? level : 0));
        }
      }
    }

    ReferenceProfile reference() {
      var names = IntStream.range(0, SENSORS).mapToObj(i -> "s" + i).toList();
      return ReferenceProfile.build(names, new double[SENSORS], this, null, null);
    }

    boolean anyNaiveKolmogorovSmirnov(int day) {
      return IntStream.range(0, SENSORS)
          .anyMatch(
              i -> {
                double[] reference = column(i, 0, REFERENCE_DAYS * SAMPLES);
                double[] current = column(i, day * SAMPLES, (day + 1) * SAMPLES);
                var deciles = Bins.deciles(reference);
                return KolmogorovSmirnov.ofBins(
                            counts(deciles, reference),
                            counts(deciles, current),
                            reference.length,
                            current.length)
                        .pValue()
                    < .05;
              });
    }

    private static long[] counts(Bins bins, double[] values) {
      var counts = new long[bins.count()];
      Arrays.stream(values).forEach(value -> counts[bins.binOf(value)]++);
      return counts;
    }

    private double[] column(int sensor, int from, int to) {
      return IntStream.range(from, to).mapToDouble(row -> rows[row][sensor]).sorted().toArray();
    }

    @Override
    public int size() {
      return REFERENCE_DAYS * SAMPLES;
    }

    @Override
    public int asset(int row) {
      return 0;
    }

    @Override
    public long eventTimeMicros(int row) {
      return row * 300_000_000L;
    }

    @Override
    public float value(int row, int column) {
      return rows[row][column];
    }
  }
}
