package dev.anneal.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NumbersTest {
  @Test
  void theMedianOfAnEvenNumberLiesBetweenTheMiddleTwo() {
    assertThat(Numbers.median(4, 1, 3, 2)).isEqualTo(2.5);
    assertThat(Numbers.median(7)).isEqualTo(7);
    assertThat(Numbers.median()).isNaN();
  }

  @Test
  void quantilesLieOnAStraightLineBetweenOrderStatistics() {
    assertThat(Numbers.quantile(new double[] {10, 0, 5}, .75)).isEqualTo(7.5);
    assertThat(Numbers.quantile(new double[] {10, 0, 5}, 1)).isEqualTo(10);
  }

  @Test
  void numbersHaveThreeDigits() {
    assertThat(Numbers.text(1_234_567.8)).isEqualTo("1 234 568");
    assertThat(Numbers.text(12.345)).isEqualTo("12.3");
    assertThat(Numbers.text(1.234)).isEqualTo("1.23");
    assertThat(Numbers.text(.1234)).isEqualTo("0.123");
    assertThat(Numbers.text(60)).isEqualTo("60");
    assertThat(Numbers.text(Double.NaN)).isEqualTo("–");
  }
}
