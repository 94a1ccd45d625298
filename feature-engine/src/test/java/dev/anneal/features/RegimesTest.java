package dev.anneal.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
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
  private static final List<String> NAMES = List.of("altitude", "mach", "throttle", "temperature");
  private static final List<String> ALTITUDE = List.of("altitude");
  private static final float NONE = Float.NaN;

  /// Settings, and one sensor whose level and spread are the regime's.
  private static float[] rows(long seed, int count) {
    var random = new SplittableRandom(seed);
    var rows = new float[count * NAMES.size()];
    for (int from = 0; from < rows.length; from += NAMES.size()) {
      int regime = random.nextInt(SETTINGS.length);
      rows[from] = SETTINGS[regime][0] + (float) random.nextDouble(-.01, .01);
      rows[from + 1] = SETTINGS[regime][1] + (float) random.nextDouble(-.002, .002);
      rows[from + 2] = SETTINGS[regime][2];
      rows[from + 3] = (float) (100 * regime + (1 + regime) * random.nextGaussian());
    }
    return rows;
  }

  private static Regimes six(float[] rows, long seed) {
    return Regimes.learn(NAMES, NAMES.subList(0, 3), 6, rows, seed);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void findsTheSixRegimes(long seed) {
    float[] rows = rows(seed, 3000);

    var regimes = six(rows, seed);

    assertThat(regimes.count()).isEqualTo(6);
    var pairs =
        IntStream.range(0, 3000)
            .map(row -> row * NAMES.size())
            .mapToObj(from -> Math.round(rows[from]) + "/" + regimes.regime(rows, from));
    assertThat(pairs.distinct().count()).isEqualTo(6); // one to one
    assertThat(IntStream.range(0, 6).mapToLong(regimes::rows).sum()).isEqualTo(3000);
  }

  @Test
  void clustersThatNoThresholdPartsCleanlyKeepMostOfTheirRows() {
    // Given: four clusters on a diagonal, each as wide as half of the way to the next
    var random = new SplittableRandom(5);
    var rows = new float[8000];
    for (int i = 0; i < rows.length; i += 2) {
      rows[i] = (float) (i / 2 % 4 + .25 * random.nextGaussian());
      rows[i + 1] = (float) (i / 2 % 4 + .25 * random.nextGaussian());
    }
    // When
    var names = List.of("load", "speed");
    var regimes = Regimes.learn(names, names, 4, rows, 1);
    // Then
    assertThat(regimes.count()).isEqualTo(4);
    var perCluster = new int[4][4];
    for (int i = 0; i < rows.length; i += 2) {
      perCluster[i / 2 % 4][regimes.regime(rows, i)]++;
    }
    // one setting alone tells two neighbours apart in 97.7 % at 2 σ on either side
    assertThat(Arrays.stream(perCluster).mapToInt(c -> Arrays.stream(c).max().orElse(0)))
        .allSatisfy(kept -> assertThat(kept).isGreaterThan(920));
  }

  private static float[] scaled(Regimes regimes, float... row) {
    regimes.scale(row);
    return row;
  }

  @Test
  void valuesBecomeTheirDistanceFromTheRegimesMeanInItsDeviations() {
    float[] rows = {0, 10, 0, 14, 0, 12, 9, 500, 9, 700, 0, NONE};

    var regimes = Regimes.learn(List.of("altitude", "flow"), ALTITUDE, 2, rows, 1);

    assertThat(regimes.rows(0)).isEqualTo(4);
    assertThat(regimes.center(1)).containsExactly(9.0);
    assertThat(scaled(regimes, 0, 14)[1])
        .isCloseTo((float) (2 / Math.sqrt(8 / 3.0)), within(1e-6f));
    assertThat(scaled(regimes, 9, 500, 8, 700)).containsExactly(9, -1, 8, 1);
    assertThat(scaled(regimes, 0, NONE)).containsExactly(0, NONE);
  }

  @Test
  void aRowWithoutASettingAndAFeatureWithoutAValueAreComparedWithAllRows() {
    float[] rows = {0, 1, 0, 3, 9, NONE, 9, NONE, NONE, 11, NONE, 13};

    var regimes = Regimes.learn(List.of("altitude", "flow"), ALTITUDE, 2, rows, 1);

    float spread = (float) Math.sqrt(26); // of 1, 3, 11, 13
    assertThat(regimes.regime(rows, 8)).isEqualTo(regimes.count()).isEqualTo(2);
    assertThat(regimes.rows(2)).isEqualTo(2);
    assertThat(scaled(regimes, NONE, 11, 9, 11, 0, 3))
        .containsExactly(NONE, 4 / spread, 9, 4 / spread, 0, 1);
  }

  @Test
  void settingsTheClockAndTheStalenessStayAsTheyAre() {
    var names = List.of("altitude", "altitude_mean_5", "staleness_s", "hour_of_day_sin");
    float[] rows = {0, 2, 60, .5f, 0, 4, 90, .6f, 9, 20, 60, .7f, 9, 40, 90, .8f};

    var regimes = Regimes.learn(names, ALTITUDE, 2, rows, 1);

    assertThat(scaled(regimes, 0, 4, 90, .6f)).containsExactly(0, 1, 90, .6f);
  }

  @Test
  void whatMovesLessThanFloat32ResolvesIsConstant() {
    float[] rows = {0, 1e6f, 7, 0, Math.nextUp(1e6f), 7, 9, 5, 7, 9, 6, 7};

    var regimes = Regimes.learn(List.of("altitude", "flow", "idle"), ALTITUDE, 2, rows, 1);

    assertThat(regimes.deviation(0, 1)).isEqualTo(1);
    assertThat(scaled(regimes, 0, 1e6f, 8)).containsExactly(0, 0, 1);
  }

  @Test
  void largestValuesStayNumbers() {
    float[] rows = {0, .001f, 0, .002f, 9, -3e38f, 9, 3e38f};

    var regimes = Regimes.learn(List.of("altitude", "flow"), ALTITUDE, 2, rows, 1);

    assertThat(scaled(regimes, 0, Float.MAX_VALUE, 0, -Float.MAX_VALUE))
        .containsExactly(0, Float.MAX_VALUE, 0, -Float.MAX_VALUE);
    assertThat(scaled(regimes, 9, 3e38f)).containsExactly(9, 1);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void findsTheValueAtAScore(long seed) {
    float[] rows = rows(seed, 500);
    var regimes = six(rows, seed);
    var random = new SplittableRandom(seed);
    for (int i = 0; i < 1000; i++) {
      int from = random.nextInt(500) * NAMES.size();
      float score = (float) random.nextGaussian() * 3;

      float value = regimes.valueOf(score, regimes.regime(rows, from), 3);

      float[] at = Arrays.copyOfRange(rows, from, from + NAMES.size());
      float[] before = at.clone();
      at[3] = value;
      before[3] = Math.nextDown(value);
      assertThat(scaled(regimes, at)[3]).isGreaterThanOrEqualTo(score);
      assertThat(scaled(regimes, before)[3]).isLessThan(score);
    }
  }

  @Test
  void theSameRowsAndSeedGiveTheSameBits() {
    float[] row = rows(1, 1);
    float[] again = row.clone();

    six(rows(1, 2000), 5).scale(row);
    six(rows(1, 2000), 5).scale(again);

    assertThat(row).containsExactly(again);
  }

  @Test
  void thereAreNoMoreRegimesThanDistinctSettings() {
    float[] rows = {1, 5, 1, 6, 2, 7};

    assertThat(Regimes.learn(List.of("altitude", "flow"), ALTITUDE, 6, rows, 1).count())
        .isEqualTo(2);
  }

  @Test
  void saysWhatIsWrong() {
    var flow = List.of("flow");
    assertThatThrownBy(() -> Regimes.learn(flow, flow, 2, new float[] {NONE}, 1))
        .hasMessage("no row has all operating settings");
    assertThatThrownBy(() -> Regimes.learn(flow, ALTITUDE, 2, new float[] {1}, 1))
        .hasMessage("operating settings must be features, were [altitude] of [flow]");
    assertThatThrownBy(() -> Regimes.learn(flow, flow, 17, new float[] {1}, 1))
        .hasMessageStartingWith("regimes need at least one setting and a count of 2 to 16");
  }
}
