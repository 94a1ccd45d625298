package dev.anneal.features;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Statistics against exact arithmetic, and that they are as good after 10⁸ rows as at the start.
class AccuracyTest {
  private static final long SECOND = 1_000_000;

  /// Half a unit in the last place of float32, and a little of the double arithmetic before it.
  private static final double ROUNDING = 6.1e-8;

  private record Row(long time, double value) {}

  /// The largest relative error of a run.
  private static final class Worst {
    private double error;

    void see(float found, double exact) {
      error = Math.max(error, Math.abs(found - exact) / Math.abs(exact));
    }
  }

  private static FeatureSpecification specification(String window) {
    return FeatureSpecification.of(List.of("a"), List.of(), List.of(window))
        .with(List.of(Statistic.MEAN, Statistic.STD, Statistic.SLOPE))
        .with(RowFeatures.NONE);
  }

  private static double worstError(
      String window, int windowRows, double offset, double noise, long rows, int checkEvery) {
    var random = new SplittableRandom(7);
    var specification = specification(window);
    var features = new AssetFeatures(specification);
    var vector = new float[specification.width()];
    var held = new ArrayDeque<Row>();
    var worst = new Worst();
    var value = new double[1];
    long time = 1_700_000_000L * SECOND;
    for (long i = 1; i <= rows; i++) {
      time += SECOND;
      value[0] = offset + noise * random.nextDouble();
      features.add(time, i, value);
      features.computeInto(vector);
      held.addLast(new Row(time, value[0]));
      if (held.size() > windowRows) {
        held.removeFirst();
      }
      if (i % checkEvery == 0) {
        var exact = new ExactMoments();
        held.forEach(row -> exact.add(row.value(), row.time()));
        worst.see(vector[1], exact.mean());
        worst.see(vector[2], exact.std());
        worst.see(vector[3], exact.slope());
      }
    }
    return worst.error;
  }

  @ParameterizedTest(name = "{1} rows of {2} + {3}")
  @CsvSource({
    "7,   7,   0,    1",
    "20,  20,  1e9,  1e-3",
    "20s, 20,  1e12, 1",
    "600, 600, 0,    1e-6",
    "600, 600, 1e9,  1e-3",
    "10m, 600, 1e12, 1",
    "1h,  3600, -1e9, 1e-2",
  })
  void statisticsAreExactToTheRoundingOfFloat32(
      String window, int windowRows, double offset, double noise) {
    assertThat(worstError(window, windowRows, offset, noise, 4_000, 101)).isLessThan(ROUNDING);
  }

  /// `-Dlongrun.rows=100000000` for the whole of it.
  @Test
  void statisticsAreAsGoodAfterALongRun() {
    long rows = Long.getLong("longrun.rows", 1_000_000);

    assertThat(worstError("10m", 600, 1e9, 1, rows, 50_000)).isLessThan(ROUNDING);
  }

  /// The long run by hand.
  ///
  /// @param arguments rows
  public static void main(String[] arguments) {
    long rows = Long.parseLong(arguments[0]);
    System.out.println("largest relative error: " + worstError("10m", 600, 1e9, 1, rows, 50_000));
  }
}
