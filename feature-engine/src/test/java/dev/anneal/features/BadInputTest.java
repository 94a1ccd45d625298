package dev.anneal.features;

import static dev.anneal.features.Acceptance.ACCEPTED;
import static dev.anneal.features.Acceptance.CORRECTION;
import static dev.anneal.features.Acceptance.DUPLICATE;
import static dev.anneal.features.Acceptance.LATE;
import static dev.anneal.features.Acceptance.PLACED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What each kind of bad input means, as docs/methods.md says.
class BadInputTest {
  private static final long SECOND = 1_000_000;
  private static final float MISSING = Float.NaN;

  private static final FeatureSpecification BY_TIME =
      FeatureSpecification.of(List.of("t"), List.of(60), List.of("2m"))
          .with(List.of(Statistic.MEAN, Statistic.COUNT, Statistic.TIME_WEIGHTED_MEAN));

  private static final class Asset {
    private final FeatureSpecification specification;
    private final AssetFeatures features;

    Asset(FeatureSpecification specification) {
      this.specification = specification;
      this.features = new AssetFeatures(specification);
    }

    Acceptance add(long second, double value) {
      return features.add(second * SECOND, 1, new double[] {value});
    }

    float[] vector() {
      var vector = new float[specification.width()];
      features.computeInto(vector);
      return vector;
    }

    float[] after(long second, double value) {
      assertThat(add(second, value).isAdded()).isTrue();
      return vector();
    }
  }

  @Test
  void silenceMeansUnchangedInTheTimeWeightedMeanOnly() {
    var asset = new Asset(BY_TIME);
    asset.add(0, 10);
    asset.add(60, 20); // 10 for a minute

    // value, lag, mean, count, time-weighted mean, staleness
    assertThat(asset.vector()).containsExactly(20, 10, 15, 2, 10, 60);
    assertThat(asset.after(170, 30)).containsExactly(30, 20, 25, 2, 2300 / 120f, 110);
  }

  @Test
  void afterAGapWindowsHoldOnlyTheNewRowAndTheValueBeforeIsStillInForce() {
    var asset = new Asset(BY_TIME);
    asset.add(0, 10);

    assertThat(asset.after(7200, 30)).containsExactly(30, 10, 30, 1, 10, 7200);
  }

  @Test
  void anOvertakenRowHasTheVectorOfItsOwnTimeAndLaterVectorsSeeIt() {
    // Given
    var asset = new Asset(BY_TIME);
    asset.add(0, 10);
    asset.add(60, 40);

    // When
    var acceptance = asset.add(30, 20);

    // Then
    assertThat(acceptance).isEqualTo(PLACED);
    assertThat(asset.vector()).containsExactly(20, MISSING, 15, 2, 10, 30);
    assertThat(asset.after(90, 30)).containsExactly(30, 20, 25, 4, 70 / 3f, 30);
  }

  @Test
  void aRowAtTheGraceIsPlacedAndOneBeforeItIsLate() {
    var asset = new Asset(BY_TIME);
    asset.add(100, 1);
    asset.add(0, 1);
    asset.add(200, 1);

    assertThat(asset.add(140, 2)).isEqualTo(PLACED);
    assertThat(asset.add(139, 2)).isEqualTo(LATE);
    assertThat(asset.add(140, 2)).isEqualTo(DUPLICATE);
    assertThat(asset.add(140, 3)).isEqualTo(CORRECTION);
  }

  @Test
  void whatIsNotAddedChangesNothing() {
    var asset = new Asset(BY_TIME);
    asset.add(0, 10);
    asset.add(60, 20);
    var before = asset.vector();

    asset.add(60, 20);
    asset.add(60, 99);
    asset.add(-100, 99);

    assertThat(asset.vector()).containsExactly(before);
  }

  @Test
  void aRowWithoutValuesCountsForTimeAndForWindowsByRows() {
    var asset =
        new Asset(
            FeatureSpecification.of(List.of("t"), List.of(), List.of("2"))
                .with(List.of(Statistic.MEAN, Statistic.COUNT, Statistic.LAST)));
    asset.add(0, 10);
    asset.add(5, 30);

    // as a row of bad quality is handed over
    assertThat(asset.after(10, Double.NaN)).containsExactly(MISSING, 30, 1, 30, 5);
    assertThat(asset.after(20, Double.NaN)).containsExactly(MISSING, MISSING, 0, MISSING, 10);
  }

  @Test
  void whatFloat32CannotHaveIsMissing() {
    var specification =
        FeatureSpecification.of(List.of("t"), List.of(), List.of("5"))
            .with(List.of(Statistic.MEAN, Statistic.MAX, Statistic.COUNT))
            .with(RowFeatures.NONE);
    for (double value :
        new double[] {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1e39, Double.NaN}) {
      var asset = new Asset(specification);
      asset.add(0, 1);

      assertThat(asset.after(1, value)).containsExactly(MISSING, 1, 1, 1);
    }
  }

  @Test
  void aRowFromTheFutureIsToBeRejectedBeforeItMakesTrueRowsLate() {
    long known = 1_700_000_000L * SECOND;
    var limits = new RowLimits(60, 3600);

    assertThat(limits.isPlausible(known + 3600 * SECOND, known)).isTrue();
    assertThat(limits.isPlausible(known + 3600 * SECOND + 1, known)).isFalse();
    assertThat(limits.isPlausible(known - 86_400 * SECOND, known)).isTrue();
    assertThat(limits.isPlausible(-1, known)).isFalse();
  }

  @Test
  void timeIsThatOfTheZoneAlsoWhenItsClocksChange() {
    var berlin =
        FeatureSpecification.of(List.of("t"), List.of(), List.of())
            .with(
                new RowFeatures(false, List.of(TimeFeature.values()), ZoneId.of("Europe/Berlin")));
    var asset = new Asset(berlin);

    // Sunday, the clocks go from 2 to 3
    assertThat(asset.after(second("2026-03-28T23:00:00Z"), 1)[2]).isEqualTo(1); // midnight
    assertThat(asset.after(second("2026-03-29T04:00:00Z"), 1)[1]).isEqualTo(1); // six
    assertThat(asset.after(second("2026-03-29T22:00:00Z"), 1)) // midnight of Monday
        .containsExactly(1, 0, 1, 0, 1);
  }

  private static long second(String instant) {
    return Instant.parse(instant).getEpochSecond();
  }

  @Test
  void limitsAndChoicesAreChecked() {
    assertThatThrownBy(() -> new RowLimits(-1, 0))
        .hasMessage("grace must be 0 to 86400 seconds, was -1");
    assertThatThrownBy(() -> BY_TIME.with(List.<Statistic>of()))
        .hasMessage("rolling windows need at least one statistic");
    assertThatThrownBy(() -> BY_TIME.withDeltas(List.of(0)))
        .hasMessageStartingWith("delta must be 1 to");
    assertThatThrownBy(() -> Statistic.parse("avg")).hasMessageContaining("was 'avg'");
    assertThatThrownBy(() -> TimeFeature.parse("month")).hasMessageContaining("was 'month'");
  }

  @Test
  void theVectorOfTheBenchmarkHas88Features() {
    var specification =
        FeatureSpecification.of(
                List.of("a", "b", "c", "d", "e", "f", "g", "h"),
                List.of(60, 120),
                List.of("5m", "10m"))
            .with(List.of(Statistic.MEAN, Statistic.STD, Statistic.MIN, Statistic.MAX))
            .with(new RowFeatures(false, List.of(), ZoneOffset.UTC));

    assertThat(specification.names()).hasSize(88).contains("a", "a_lag_60s", "h_std_10m");
    assertThat(specification.width()).isEqualTo(88);
    assertThat(specification.with(RowFeatures.DEFAULT).names()).endsWith("staleness_s");
    assertThat(specification.withDeltas(List.of(60)).names()).contains("b_delta_60s");
    assertThat(ACCEPTED.isAdded()).isTrue();
  }
}
