package dev.anneal.featurestream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.featurestream.AssetLosses.Sample;
import dev.anneal.policy.EventTime;
import org.junit.jupiter.api.Test;

class AssetLossesTest {
  private static final long HOUR = EventTime.HOUR_MICROS;
  private static final long DAY = EventTime.DAY_MICROS;

  @Test
  void aScoreIsTakenForEachPartOfTheHorizon() {
    var losses = AssetLosses.none("d1");
    for (long micros = 0; micros < DAY; micros += HOUR / 6) {
      losses = losses.wants(micros, DAY) ? losses.with(new Sample(micros, .5)) : losses;
    }

    assertThat(losses.samples()).hasSize(AssetLosses.SAMPLES);
  }

  @Test
  void aLossIsKnownWhenTheHorizonOfItsLastScoreHasPassed() {
    var losses = day(AssetLosses.none("d1"), 0, .1);

    assertThat(losses.mature(2 * DAY + HOUR - 1, DAY, new long[0]).losses()).isEmpty();
    var matured = losses.mature(2 * DAY + HOUR, DAY, new long[0]);

    assertThat(matured.losses()).hasSize(1);
    assertThat(matured.losses().getFirst().loss()).isCloseTo(.01, within(1e-9));
    assertThat(matured.rest().samples()).isEmpty();
  }

  @Test
  void scoresBeforeAFailureShouldHaveBeenHigh() {
    var losses = day(AssetLosses.none("d1"), 0, 0);

    // the scores at 0 h to 12 h are within a day before it, that at 12 h not: it is as late
    var matured = losses.mature(3 * DAY, DAY, new long[] {12 * HOUR});

    assertThat(matured.losses().getFirst().loss()).isCloseTo(12 / 24.0, within(1e-9));
  }

  @Test
  void theNextHorizonStaysUntilItIsKnownToo() {
    var losses = day(day(AssetLosses.none("d1"), 0, .1), 1, .2);

    var matured = losses.mature(2 * DAY + 2 * HOUR, DAY, new long[0]);

    assertThat(matured.losses()).extracting(AssetLosses.Loss::startMicros).containsExactly(0L);
    assertThat(matured.rest().samples()).hasSize(24);
  }

  @Test
  void theySurviveTheirEncoding() {
    var losses = day(AssetLosses.none("d1"), 0, .1);

    assertThat(JsonCodec.decode(JsonCodec.encode(losses), AssetLosses.class)).isEqualTo(losses);
  }

  private static AssetLosses day(AssetLosses before, int day, double score) {
    var losses = before;
    for (int hour = 0; hour < 24; hour++) {
      losses = losses.with(new Sample(day * DAY + hour * HOUR, score));
    }
    return losses;
  }
}
