package dev.anneal.deployer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GateTest {
  private static final GateLimits LIMITS = new GateLimits(.7, .7, .7, 1_000, 10);
  private static final int ROWS = 400;
  private final Gate gate = new Gate(.05, Gate.Minimums.DEFAULT);

  /// Half of the rows positive, alternating; one asset per row, so that rows are independent.
  private static EvaluatedRows rows() {
    var labels = new float[ROWS];
    for (int i = 0; i < ROWS; i++) {
      labels[i] = i % 2;
    }
    return new EvaluatedRows(
        labels,
        IntStream.range(0, ROWS).mapToObj("asset-%04d"::formatted).toList(),
        LongStream.range(0, ROWS).toArray());
  }

  /// Right on every row but these, with a given certainty.
  private static Scored scored(String version, double certainty, int... wrong) {
    var scores = new float[ROWS];
    for (int i = 0; i < ROWS; i++) {
      int row = i;
      boolean positive = i % 2 == 1 ^ Arrays.stream(wrong).anyMatch(w -> w == row);
      scores[i] = (float) (positive ? certainty : 1 - certainty);
    }
    return new Scored(version, scores, .5);
  }

  private static int[] range(int from, int to) {
    return IntStream.range(from, to).toArray();
  }

  /// `count` rows spread over all of the time.
  private static int[] spread(int count, int offset) {
    return IntStream.range(0, count).map(i -> i * (ROWS / count) + offset).toArray();
  }

  private static Evidence evidence(Scored candidate, @Nullable Scored champion) {
    return new Evidence(rows(), candidate, candidate, champion, 1_000, 10, 1e-5);
  }

  private Verdict judge(Scored candidate, @Nullable Scored champion) {
    return gate.judge(evidence(candidate, champion), LIMITS);
  }

  private static List<String> failed(Verdict verdict) {
    return verdict.checks().stream().filter(c -> !c.passed()).map(GateCheck::name).toList();
  }

  @Test
  void firstVersionNeedsOnlyTheLimits() {
    var verdict = judge(scored("v1", .9, spread(40, 0)), null);

    assertThat(verdict.isAccepted()).isTrue();
    assertThat(verdict.checks())
        .extracting(GateCheck::name)
        .containsExactly("accuracy", "precision", "recall", "size", "latency", "parity", "served");
    assertThat(verdict.checks().getFirst().value()).isCloseTo(.9, within(1e-9));
  }

  @Test
  void rejectsWhatIsBelowItsLimitsAndSaysAllOfIt() {
    var bad = scored("v1", .9, range(0, 200));

    var verdict = gate.judge(new Evidence(rows(), bad, bad, null, 1_001, 10.5, 2e-5), LIMITS);

    assertThat(failed(verdict))
        .containsExactly("accuracy", "precision", "recall", "size", "latency", "parity");
    assertThat(verdict.reason())
        .contains(
            "accuracy 0.5000 is below 0.7000",
            "size 1001 bytes is above 1000 bytes",
            "latency 10.50 ms");
  }

  @Test
  void rejectsModelThatNeverWarns() {
    var silent = new Scored("v1", new float[ROWS], .5);

    assertThat(failed(gate.judge(evidence(silent, null), new GateLimits(.4, .1, .1, 1_000, 10))))
        .containsExactly("precision", "recall");
  }

  @Test
  void rejectsScoresThatAreNotNumbers() {
    var scored = scored("v1", .9);
    var broken = new Evidence(rows(), scored, scored, null, 1, 1, Double.POSITIVE_INFINITY);

    assertThat(failed(gate.judge(broken, LIMITS))).containsExactly("parity");
  }

  @Test
  void challengerWinsWhenSignificantlyBetter() {
    var verdict = judge(scored("v2", .9, spread(20, 0)), scored("v1", .9, spread(80, 1)));

    assertThat(verdict.isAccepted()).isTrue();
    assertThat(verdict.checks().get(7).message())
        .contains("classifies significantly better", "champion v1");
  }

  @Test
  void challengerLosesWhenSignificantlyWorseEvenIfItsLogLossIsLower() {
    var careful = scored("v2", .9, spread(40, 0));
    var overconfident = scored("v1", .9999999, spread(10, 1));

    var verdict = judge(careful, overconfident);

    assertThat(careful.metrics(rows().labels()).logLoss())
        .isLessThan(overconfident.metrics(rows().labels()).logLoss());
    assertThat(failed(verdict)).contains("champion");
    assertThat(verdict.reason()).contains("significantly worse");
  }

  @Test
  void withoutADifferenceTheLowerLogLossWins() {
    assertThat(
            judge(scored("v2", .95, spread(20, 0)), scored("v1", .8, spread(20, 1))).isAccepted())
        .isTrue();
    assertThat(failed(judge(scored("v2", .8, spread(20, 0)), scored("v1", .95, spread(20, 1)))))
        .containsExactly("champion");
  }

  @Test
  void championStaysWhenNothingDiffers() {
    var verdict = judge(scored("v2", .9, spread(20, 0)), scored("v1", .9, spread(20, 0)));

    assertThat(failed(verdict)).containsExactly("champion");
    assertThat(verdict.reason()).contains("is no better");
  }

  @Test
  void oneGoodHalfDoesNotPayForABadOne() {
    // Given a challenger that is much better early and worse late
    var challenger = scored("v2", .9, range(360, 400));
    var champion = scored("v1", .9, range(0, 150));

    // When
    var verdict = judge(challenger, champion);

    // Then
    assertThat(failed(verdict)).containsExactly("no-harm-late");
  }

  @Test
  void rowsThatTheChampionWasTrainedOnAreNotCompared() {
    // Given a champion that knows the older half by heart, and errs on the newer
    var labels = rows().labels();
    var heart = new float[ROWS];
    for (int row = 0; row < ROWS; row++) {
      heart[row] = row < ROWS / 2 ? Float.NaN : row % 4 == 0 ? 1 - labels[row] : labels[row];
    }

    var verdict = judge(scored("v2", .9, range(0, 60)), new Scored("v1", heart, .5));

    assertThat(verdict.isAccepted()).isTrue();
    assertThat(verdict.checks().get(7).message()).contains("on 200 rows: 50 right against 0");
  }

  @Test
  void championStaysWhereItWasTrainedOnAllOfTheRows() {
    var unknown = new float[ROWS];
    Arrays.fill(unknown, Float.NaN);

    var verdict = judge(scored("v2", .9), new Scored("v1", unknown, .5));

    assertThat(failed(verdict)).containsExactly("champion");
    assertThat(verdict.reason()).contains("the champion v1 was not trained on 0 of the rows");
  }

  @ParameterizedTest(name = "{0} positives, {1} negatives: {2}")
  @CsvSource({"25, 25, true", "25, 24, false", "5, 45, true", "4, 46, false", "46, 4, false"})
  void championLosesOnlyOnEnoughRowsOfEitherClass(int positives, int negatives, boolean accepted) {
    // Given a champion that knows few rows, and is wrong on all of them
    var scores = new float[ROWS];
    Arrays.fill(scores, Float.NaN);
    for (int i = 0; i < positives; i++) {
      scores[2 * i + 1] = .1f;
    }
    for (int i = 0; i < negatives; i++) {
      scores[2 * i] = .9f;
    }

    var verdict = judge(scored("v2", .9), new Scored("v1", scores, .5));

    assertThat(verdict.isAccepted()).isEqualTo(accepted);
    if (!accepted) {
      assertThat(failed(verdict)).containsExactly("champion");
      assertThat(verdict.reason())
          .contains(
              "not trained on %d of the rows, %d of them positive; needed are 50, of either class 5"
                  .formatted(positives + negatives, positives));
    }
  }

  @Test
  void whatServesIsNoWorseOnRowsItKnowsThanWhatWasJudged() {
    var judged = scored("v1", .9, spread(20, 0));
    var served = scored("v1", .9, spread(80, 1));

    var verdict = gate.judge(new Evidence(rows(), judged, served, null, 1_000, 10, 1e-5), LIMITS);

    assertThat(failed(verdict)).containsExactly("served");
  }

  @Test
  void rowsOfOneAssetThatErrTogetherCountForLess() {
    // Given the same errors, in one stretch of one asset and spread over many
    var labels = rows().labels();
    var oneAsset =
        new EvaluatedRows(
            labels, Collections.nCopies(ROWS, "pump"), LongStream.range(0, ROWS).toArray());
    var champion = scored("v1", .9, range(100, 120));
    var challenger = scored("v2", .9);

    // When
    var dependent = PairedComparison.of(oneAsset, champion, challenger, _ -> true);
    var independent = PairedComparison.of(rows(), champion, challenger, _ -> true);

    // Then
    assertThat(independent.tau()).isEqualTo(1);
    assertThat(independent.isChallengerBetter(.05)).isTrue();
    assertThat(dependent.onlyChallenger()).isEqualTo(20);
    assertThat(dependent.tau()).isGreaterThan(10);
    assertThat(dependent.isChallengerBetter(.05)).isFalse();
  }

  @Test
  void midPMatchesValuesComputedByHand() {
    // n = 9, k = 1: 2 (1 + 9/2) / 512; n = 4, k = 0: 2 (1/2) / 16; equal counts and none at all say
    // nothing
    assertThat(new PairedComparison(1, 8, 1).pValue()).isCloseTo(11.0 / 512, within(1e-12));
    assertThat(new PairedComparison(4, 0, 1).pValue()).isCloseTo(1.0 / 16, within(1e-12));
    assertThat(new PairedComparison(5, 5, 1).pValue()).isCloseTo(1, within(1e-12));
    assertThat(new PairedComparison(0, 0, 1).pValue()).isEqualTo(1);
    assertThat(new PairedComparison(100_000, 200_000, 1).pValue()).isZero();
  }

  @Test
  void olderCandidateIsSuperseded() {
    assertThat(
            Gate.isSuperseded("v2024-01-15T10-30-00-000Z_ffff", "v2024-01-15T10-30-00-001Z_aaaa"))
        .isTrue();
    assertThat(
            Gate.isSuperseded("v2024-01-15T10-30-00-000Z_ffff", "v2024-01-15T10-30-00-000Z_aaaa"))
        .isFalse();
    assertThat(Gate.isSuperseded("v2024-01-15T10-30-00-000Z_ffff", null)).isFalse();
  }
}
