package dev.anneal.featurestream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.featurestream.AssetLosses.Labelled;
import dev.anneal.featurestream.AssetLosses.Sample;
import dev.anneal.policy.EventTime;
import java.util.ArrayList;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AssetLossesTest {
  private static final long HOUR = EventTime.HOUR_MICROS;
  private static final long DAY = EventTime.DAY_MICROS;

  @Test
  void aScoreIsTakenForEachPartOfTheHorizon() {
    var losses = AssetLosses.none("d1");
    for (long micros = 0; micros < DAY; micros += HOUR / 6) {
      losses = losses.wants(micros, DAY) ? losses.with(new Sample(micros, .5, micros)) : losses;
    }

    assertThat(losses.samples()).hasSize(AssetLosses.SAMPLES);
  }

  @Test
  void aLossIsKnownWhenTheHorizonOfItsLastScoreHasPassed() {
    var losses = day(AssetLosses.none("d1"), 0, .1);

    var early = losses.with(sample(2 * DAY + HOUR - 1, .5)).mature(9 * DAY, DAY, new long[0]);
    var matured = losses.with(sample(2 * DAY + HOUR, .5)).mature(9 * DAY, DAY, new long[0]);

    assertThat(early.losses()).isEmpty();
    assertThat(matured.losses()).hasSize(1);
    assertThat(matured.losses().getFirst().loss()).isCloseTo(.01, within(1e-9));
    assertThat(matured.rest().samples()).hasSize(1);
  }

  @Test
  void noLossIsKnownBeforeTheOutcomesOfItsTimeAre() {
    var losses = day(AssetLosses.none("d1"), 0, .1).with(new Sample(3 * DAY, .5, 8 * DAY));

    var fromTheStart = losses.mature(Long.MIN_VALUE, DAY, new long[0]);
    var behindTheScores = losses.mature(8 * DAY - 1, DAY, new long[0]);
    var followed = losses.mature(8 * DAY, DAY, new long[0]);

    assertThat(fromTheStart.losses()).isEmpty();
    assertThat(behindTheScores.losses()).isEmpty();
    assertThat(followed.losses()).hasSize(1);
  }

  @Test
  void outcomesThatNeverComeAreNotAwaitedForEver() {
    var losses = AssetLosses.none("d1");
    for (int day = 0; day < 100; day++) {
      losses = day(losses, day, .1);
    }

    assertThat(losses.samples()).hasSize(240);
    assertThat(losses.samples().getLast().micros()).isEqualTo(99 * DAY + 23 * HOUR);
  }

  /// Outcomes are told once an hour.
  @ParameterizedTest(name = "{0} minutes")
  @ValueSource(ints = {1, 5, 13, 25})
  void everyShortHorizonIsHeard(int minutes) {
    long horizon = minutes * HOUR / 60;
    var losses = AssetLosses.none("d1");
    var starts = new ArrayList<Long>();
    for (long micros = 0; micros < 12 * HOUR; micros += HOUR / 360) {
      if (losses.wants(micros, horizon)) {
        long known = micros / HOUR * HOUR - 1;
        var matured = losses.with(sample(micros, .5)).mature(known, horizon, new long[0]);
        matured.losses().forEach(loss -> starts.add(loss.startMicros()));
        losses = matured.rest();
        assertThat(losses.samples()).hasSizeLessThanOrEqualTo(240);
      }
    }

    assertThat(starts)
        .hasSizeGreaterThan((int) (9 * HOUR / horizon))
        .containsExactlyElementsOf(
            LongStream.range(0, starts.size()).mapToObj(i -> i * horizon).toList());
  }

  @Test
  void scoresBeforeAFailureShouldHaveBeenHigh() {
    var losses = day(AssetLosses.none("d1"), 0, 0).with(sample(3 * DAY, .5));

    // the scores at 0 h to 12 h are within a day before it, that at 12 h not: it is as late
    var matured = losses.mature(3 * DAY, DAY, new long[] {12 * HOUR});

    assertThat(matured.losses().getFirst().loss()).isCloseTo(12 / 24.0, within(1e-9));
    assertThat(matured.losses().getFirst().first()).isEqualTo(new Labelled(0, true));
  }

  @Test
  void theNextHorizonStaysUntilItIsKnownToo() {
    var losses = day(day(AssetLosses.none("d1"), 0, .1), 1, .2).with(sample(2 * DAY + HOUR, .5));

    var matured = losses.mature(3 * DAY, DAY, new long[0]);

    assertThat(matured.losses()).extracting(AssetLosses.Loss::startMicros).containsExactly(0L);
    assertThat(matured.rest().samples()).hasSize(25);
  }

  @Test
  void theySurviveTheirEncoding() {
    var losses = day(AssetLosses.none("d1"), 0, .1);

    assertThat(JsonCodec.decode(JsonCodec.encode(losses), AssetLosses.class)).isEqualTo(losses);
  }

  private static Sample sample(long micros, double score) {
    return new Sample(micros, score, micros);
  }

  private static AssetLosses day(AssetLosses before, int day, double score) {
    var losses = before;
    for (int hour = 0; hour < 24; hour++) {
      losses = losses.with(sample(day * DAY + hour * HOUR, score));
    }
    return losses;
  }
}
