package dev.anneal.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Regimes as those of C-MAPSS FD002: six in altitude, Mach number and throttle, with a little
/// noise.
class RegimesTest {
  private static final float[][] SETTINGS = {
    {0, 0, 100}, {10, .25f, 100}, {20, .7f, 100}, {25, .62f, 60}, {35, .84f, 100}, {42, .84f, 100}
  };
  private static final int[] COLUMNS = {0, 1, 2};

  /// Settings, and one sensor whose level and spread are the regime's.
  private static float[][] rows(long seed, int count) {
    var random = new SplittableRandom(seed);
    var rows = new float[count][];
    Arrays.setAll(
        rows,
        _ -> {
          int regime = random.nextInt(SETTINGS.length);
          float[] s = SETTINGS[regime];
          return new float[] {
            s[0] + (float) random.nextDouble(-.01, .01),
            s[1] + (float) random.nextDouble(-.002, .002),
            s[2],
            (float) (100 * regime + (1 + regime) * random.nextGaussian())
          };
        });
    return rows;
  }

  private static int[] trueRegimes(float[][] rows) {
    return Arrays.stream(rows)
        .mapToInt(
            row ->
                IntStream.range(0, SETTINGS.length)
                    .filter(i -> Math.abs(SETTINGS[i][0] - row[0]) < 1)
                    .findFirst()
                    .orElseThrow())
        .toArray();
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void findsTheSixRegimes(long seed) {
    float[][] rows = rows(seed, 3000);

    var regimes = Regimes.learn(rows, COLUMNS, 6, seed);

    int[] assigned = Arrays.stream(rows).mapToInt(regimes::assign).toArray();
    int[] known = trueRegimes(rows);
    assertThat(regimes.count()).isEqualTo(6);
    var pairs = IntStream.range(0, rows.length).mapToObj(i -> known[i] + "/" + assigned[i]);
    assertThat(pairs.distinct().count()).isEqualTo(6); // one to one
  }

  @Test
  void valuesBecomeTheirDistanceFromTheRegimesMeanInItsDeviations() {
    float[][] rows = {{0, 10}, {0, 14}, {0, 12}, {9, 500}, {9, 700}, {0, Float.NaN}};

    var regimes = Regimes.learn(rows, new int[] {0}, 2, 1);

    assertThat(standardized(regimes, 0, 14)[1])
        .isCloseTo((float) (2 / Math.sqrt(8 / 3.0)), within(1e-6f));
    assertThat(standardized(regimes, 9, 500)).containsExactly(0, -1); // a constant setting
    assertThat(standardized(regimes, 8, 700)[1]).isEqualTo(1);
    assertThat(standardized(regimes, 0, Float.NaN)[1]).isNaN();
    assertThat(standardized(regimes, Float.NaN, 14)).containsOnly(Float.NaN);
  }

  private static float[] standardized(Regimes regimes, float setting, float value) {
    var row = new float[] {setting, value};
    regimes.standardize(row, row);
    return row;
  }

  @Test
  void theSameRowsAndSeedGiveTheSameBits() {
    float[][] rows = rows(1, 2000);
    var row = rows[7].clone();
    var again = rows[7].clone();

    Regimes.learn(rows, COLUMNS, 6, 5).standardize(row, row);
    Regimes.learn(rows, COLUMNS, 6, 5).standardize(again, again);

    assertThat(row).containsExactly(again);
  }

  @Test
  void thereAreNoMoreRegimesThanDistinctSettings() {
    float[][] rows = {{1, 5}, {1, 6}, {2, 7}};

    assertThat(Regimes.learn(rows, new int[] {0}, 6, 1).count()).isEqualTo(2);
  }

  @Test
  void saysWhatIsWrong() {
    assertThatThrownBy(() -> Regimes.learn(new float[][] {{Float.NaN}}, new int[] {0}, 2, 1))
        .hasMessage("no row has all operating settings");
    assertThatThrownBy(() -> Regimes.learn(new float[][] {{1}}, new int[0], 2, 1))
        .hasMessageStartingWith("regimes need 1 to 64 centers");
  }
}
