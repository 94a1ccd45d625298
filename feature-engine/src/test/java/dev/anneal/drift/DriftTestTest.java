package dev.anneal.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.drift.DriftEvaluation.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DriftTestTest {
  @Test
  void tailsOfChiSquareAreKnown() {
    assertThat(ChiSquare.upperTail(4.294372, 2))
        .isCloseTo(.116812, within(5e-7)); // golden vector B
    assertThat(ChiSquare.upperTail(0, 3)).isEqualTo(1);
    assertThat(ChiSquare.upperTail(2 * 700, 2))
        .isCloseTo(Math.exp(-700), within(1e-310)); // e^(-x/2) for 2 dof
    for (double x : new double[] {.01, 1, 3.9, 4.1, 20, 200}) {
      assertThat(ChiSquare.upperTail(x, 2)).isCloseTo(Math.exp(-x / 2), within(1e-14));
    }
  }

  @Test
  void binsKeepValuesOfMuchMassApartAndLeaveNoneEmpty() {
    var values = new double[200];
    Arrays.setAll(values, i -> i < 80 ? 0 : i < 100 ? 3 : i);
    var bins = Bins.deciles(values);

    assertThat(Arrays.stream(counts(bins, values)).limit(bins.count() - 2)).doesNotContain(0L);
    assertThat(bins.binOf(0)).isEqualTo(bins.binOf(-5)).isNotEqualTo(bins.binOf(3));
    assertThat(bins.binOf(3)).isNotEqualTo(bins.binOf(100));
    assertThat(bins.binOf(Double.NaN)).isEqualTo(bins.count() - 2);
    assertThat(bins.binOf(Double.NEGATIVE_INFINITY)).isEqualTo(bins.count() - 1);
    assertThat(Bins.of(bins.edges())).isEqualTo(bins);
  }

  @Test
  void profilesOfNothingAndOfOneValueAreDefined() {
    var nothing =
        profile(new float[][] {{Float.NaN}, {Float.NaN}}, new double[1]).features().getFirst();
    var one = profile(new float[][] {{7}, {7}, {7}}, new double[1]).features().getFirst();

    assertThat(nothing.counts()).containsExactly(0L, 2L, 0L);
    assertThat(nothing.mean()).isNaN();
    assertThat(one.counts()).containsExactly(3L, 0L, 0L);
    assertThat(one.standardDeviation()).isZero();
    assertThat(one.tau()).isEqualTo(1);
  }

  @Test
  void benjaminiHochbergRejectsUpToTheLastOneBelowItsLine() {
    double[] pValues = {.001, .04, .03, Double.NaN, .9};

    assertThat(Correction.BENJAMINI_HOCHBERG.discoveries(pValues, .05))
        .containsExactly(true, false, false, false, false);
    assertThat(Correction.BENJAMINI_HOCHBERG.discoveries(new double[] {.04, .05}, .05))
        .containsExactly(true, true);
    assertThat(Correction.BENJAMINI_HOCHBERG.discoveries(new double[] {.03, .9}, .05))
        .containsExactly(false, false);
  }

  @Test
  void otherCorrectionsAreStricterOrNone() {
    double[] pValues = {.02, .03, Double.NaN, .9};

    assertThat(Correction.BENJAMINI_HOCHBERG.discoveries(pValues, .05))
        .containsExactly(true, true, false, false);
    assertThat(Correction.BONFERRONI.discoveries(pValues, .05)).containsOnly(false);
    assertThat(Correction.BONFERRONI.discoveries(new double[] {.02, .03}, .05))
        .containsExactly(true, false);
    assertThat(Correction.NONE.discoveries(pValues, .03)).containsExactly(true, true, false, false);
  }

  @ParameterizedTest(name = "ρ {0}")
  @ValueSource(doubles = {0, .5, .9})
  void autocorrelationTimeOfAnAutoregressiveSeriesIsKnown(double rho) {
    // Given: a daily cycle on top, which is no memory
    var random = new SplittableRandom(7);
    var rows = new float[40_000][1];
    double state = 0;
    for (int i = 0; i < rows.length; i++) {
      state = rho * state + random.nextGaussian();
      rows[i][0] = (float) (state + 5 * Math.sin(2 * Math.PI * (i / 60) / 24));
    }

    // When
    double tau = profile(rows, new double[1]).features().getFirst().tau();

    // Then: (1 + ρ) / (1 - ρ), less what lies below the limit of .05
    assertThat(tau).isCloseTo((1 + rho) / (1 - rho), within(.12 * (1 + rho) / (1 - rho)));
  }

  @Test
  void autocorrelationTimeOfALongMemoryIsFoundWithCoarseLags() {
    var random = new SplittableRandom(8);
    var rows = new float[200_000][1];
    double state = 0;
    for (int i = 0; i < rows.length; i++) {
      state = .995 * state + random.nextGaussian();
      rows[i][0] = (float) state;
    }

    assertThat(profile(rows, new double[1]).features().getFirst().tau())
        .isBetween(300.0, 480.0); // 399 in theory
  }

  @Test
  void staysStableOnTheSameProcessAndFindsAShiftOfTwoFeatures() {
    // Given
    var reference = profile(autoregressive(1, 20_000, 6, 0), new double[6]);
    var test = new DriftTest(reference, DriftLimits.DEFAULT);

    // When
    int alarms = 0;
    for (int seed = 2; seed < 42; seed++) {
      alarms +=
          verdict(test, reference, autoregressive(seed, 1_440, 6, 0)) == Verdict.DRIFT ? 1 : 0;
    }

    // Then
    assertThat(alarms).isLessThanOrEqualTo(1);
    assertThat(verdict(test, reference, autoregressive(50, 1_440, 6, 2))).isEqualTo(Verdict.DRIFT);
    assertThat(verdict(test, reference, autoregressive(51, 50, 6, 2)))
        .isEqualTo(Verdict.INSUFFICIENT);
  }

  @Test
  void oneFeatureIsEnoughWhenItIsImportant() {
    var rows = autoregressive(1, 20_000, 3, 0);
    var shifted = autoregressive(3, 1_440, 3, 0);
    for (float[] row : shifted) {
      row[2] += 5;
    }

    var unimportant = profile(rows, new double[3]);
    var important = profile(rows, new double[] {0, 0, .8});

    assertThat(verdict(new DriftTest(unimportant, DriftLimits.DEFAULT), unimportant, shifted))
        .isEqualTo(Verdict.STABLE);
    assertThat(verdict(new DriftTest(important, DriftLimits.DEFAULT), important, shifted))
        .isEqualTo(Verdict.DRIFT);
  }

  @Test
  void everyStatisticIsToldOfEveryFeatureAndDocumented() throws IOException {
    var reference = profile(autoregressive(1, 20_000, 2, 0), new double[2]);
    var window = WindowCounts.empty(reference);
    var bins = reference.features().stream().map(FeatureProfile::bins).toList();
    float[][] rows = autoregressive(2, 1_440, 2, 0);
    for (int row = 0; row < rows.length; row++) {
      window.add(bins, row % 4 == 0 ? new float[] {Float.NaN, rows[row][1]} : rows[row]);
    }

    var features = new DriftTest(reference, DriftLimits.DEFAULT).evaluate(window).features();

    assertThat(features)
        .hasSize(2)
        .allSatisfy(
            feature -> {
              assertThat(feature.statistics())
                  .extracting(Statistic::name)
                  .containsExactly(
                      "psi",
                      "ks",
                      "chi_square",
                      "jensen_shannon_ln",
                      "jensen_shannon_2",
                      "wasserstein_normed",
                      "psi_evidently",
                      "missing_rise");
              assertThat(feature.currentEffectiveRows())
                  .isLessThan(feature.referenceEffectiveRows());
            });
    assertThat(features)
        .extracting(feature -> feature.statistics().getLast().value())
        .containsExactly(.25, 0.);
    String documented = Files.readString(Path.of("..", "docs", "methods.md"));
    assertThat(features.getFirst().statistics())
        .allSatisfy(statistic -> assertThat(documented).contains("`" + statistic.name() + "`"));
  }

  @Test
  void valuesThatGoMissingAreASensorFaultAndNoDrift() {
    var reference = profile(autoregressive(1, 20_000, 4, 0), new double[] {.5, .5, 0, 0});
    var window = autoregressive(2, 1_440, 4, 0);
    for (float[] row : window) {
      row[0] = Float.NaN;
      row[1] = Float.NaN;
    }

    assertThat(verdict(new DriftTest(reference, DriftLimits.DEFAULT), reference, window))
        .isEqualTo(Verdict.SENSOR_FAULT);
  }

  private static long[] counts(Bins bins, double[] values) {
    var counts = new long[bins.count()];
    Arrays.stream(values).forEach(value -> counts[bins.binOf(value)]++);
    return counts;
  }

  private static float[][] autoregressive(long seed, int rows, int features, int shiftedBySigmas) {
    var random = new SplittableRandom(seed);
    var state = new double[features];
    var values = new float[rows][features];
    for (float[] row : values) {
      for (int f = 0; f < features; f++) {
        state[f] = .9 * state[f] + random.nextGaussian();
        row[f] = (float) (state[f] + (f < 2 ? shiftedBySigmas * 2.3 : 0)); // σ = 1/√(1 - .81)
      }
    }
    return values;
  }

  private static Verdict verdict(DriftTest test, ReferenceProfile reference, float[][] rows) {
    var bins = reference.features().stream().map(FeatureProfile::bins).toList();
    var counts = WindowCounts.empty(reference);
    Arrays.stream(rows).forEach(row -> counts.add(bins, row));
    return test.evaluate(counts).verdict();
  }

  private static ReferenceProfile profile(float[][] rows, double[] importances) {
    var names = IntStream.range(0, importances.length).mapToObj(i -> "f" + i).toList();
    return ReferenceProfile.build(names, importances, new OneAsset(rows), null, null);
  }

  @Test
  void aScoreOfManyRowsStaysInItsBinWhereAnotherRuntimeDiffersInTheLastDigits() {
    float[] scores = {.0123461f, .0123461f, .0123461f, .4f, .5f, .6f, .7f, .8f, .9f, .97f};
    var reference =
        profile(new float[scores.length][1], new double[1])
            .withScores(scores, new OneAsset(new float[scores.length][1]));
    assertThat(reference.score()).isNotNull();
    var bins = reference.score().bins();

    int bin = bins.binOf(ReferenceProfile.comparable(scores[0]));

    assertThat(reference.score().counts().get(bin)).isEqualTo(3);
    assertThat(bins.binOf(ReferenceProfile.comparable(scores[0] - 1e-6f))).isEqualTo(bin);
    assertThat(bins.binOf(ReferenceProfile.comparable(scores[0] + 1e-6f))).isEqualTo(bin);
  }

  @Test
  void countsOverTheSameBinsAddUp() {
    var reference = profile(autoregressive(1, 500, 2, 0), new double[2]);
    List<Bins> bins = reference.features().stream().map(FeatureProfile::bins).toList();
    var whole = WindowCounts.empty(reference);
    var parts = WindowCounts.empty(reference);
    for (float[][] rows : List.of(autoregressive(2, 50, 2, 0), autoregressive(3, 70, 2, 1))) {
      var part = WindowCounts.empty(reference);
      for (float[] row : rows) {
        whole.add(bins, row);
        part.add(bins, row);
      }
      parts.add(part);
    }

    assertThat(parts.rows()).isEqualTo(120);
    assertThat(parts.counts()).isDeepEqualTo(whole.counts());
  }
}
