package dev.anneal.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetriesTest {
  private final Retries retries =
      new Retries(List.of(Duration.ofMinutes(5), Duration.ofMinutes(15), Duration.ofMinutes(45)));

  @Test
  void triesAgainAfterTheDelaysAsOftenAsTheDefinitionAllows() {
    assertThat(retries.after("process-crashed", 1, 3)).contains(Duration.ofMinutes(5));
    assertThat(retries.after("process-crashed", 2, 3)).contains(Duration.ofMinutes(15));
    assertThat(retries.after("process-crashed", 3, 3)).contains(Duration.ofMinutes(45));
    assertThat(retries.after("process-crashed", 4, 3)).isEmpty();
    assertThat(retries.after("process-crashed", 5, 5)).contains(Duration.ofMinutes(45));
    assertThat(retries.after("process-crashed", 1, 0)).isEmpty();
    assertThat(retries.after("internal-error", 1, 3)).contains(Duration.ofMinutes(5));
  }

  @Test
  void asksForAServerThatWasAwayLessAndLessOften() {
    assertThat(Retries.afterAbsence(1)).isEqualTo(Duration.ofSeconds(15));
    assertThat(Retries.afterAbsence(2)).isEqualTo(Duration.ofSeconds(30));
    assertThat(Retries.afterAbsence(6)).isEqualTo(Duration.ofMinutes(5));
    assertThat(Retries.afterAbsence(1_000)).isEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void doesNotTryAgainWhatFailsAgain() {
    assertThat(retries.after("insufficient-labels", 1, 3)).isEmpty();
    assertThat(retries.after("invalid-hyperparameters", 1, 3)).isEmpty();
    assertThat(retries.after("out-of-memory", 1, 3)).isEmpty();
  }
}
