package dev.anneal.trainer.xgboost;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelTest {
  private static final long HORIZON = 10;
  private static final long NEWEST = 100;

  @ParameterizedTest(name = "row at {0}, failures at 50 and 95: {1}")
  @CsvSource({
    "39, NEGATIVE",
    "40, POSITIVE",
    "49, POSITIVE",
    "50, NEGATIVE",
    "84, NEGATIVE",
    "85, POSITIVE",
    "90, POSITIVE",
    "91, EARLY_POSITIVE",
    "94, EARLY_POSITIVE",
    "95, UNKNOWN",
    "100, UNKNOWN"
  })
  void isPositiveWhenAFailureFollowsWithinTheHorizon(long time, Label expected) {
    assertThat(Label.of(time, HORIZON, new long[] {50, 95}, NEWEST)).isEqualTo(expected);
  }

  @ParameterizedTest(name = "row at {0} without failures: {1}")
  @CsvSource({"90, NEGATIVE", "91, UNKNOWN"})
  void isUnknownUntilTheHorizonHasPassed(long time, Label expected) {
    assertThat(Label.of(time, HORIZON, new long[0], NEWEST)).isEqualTo(expected);
  }
}
