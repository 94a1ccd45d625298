package dev.anneal.featurestream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReplacementPausesTest {
  private static final long SECOND = 1_000_000_000;

  private final ReplacementPauses pauses = new ReplacementPauses();

  @Test
  void pausesDoubleUpToTheLongest() {
    assertThat(pauses.after(0)).isEqualTo(ReplacementPauses.FIRST);
    assertThat(pauses.after(SECOND)).isEqualTo(Duration.ofMillis(200));
    for (int second = 2; second < 10; second++) {
      pauses.after(second * SECOND);
    }

    assertThat(pauses.after(20 * SECOND)).isEqualTo(ReplacementPauses.LONGEST);
  }

  @Test
  void afterACalmTimeTheyAreShortAgain() {
    pauses.after(0);
    pauses.after(SECOND);

    assertThat(pauses.after(SECOND + ReplacementPauses.CALM.toNanos()))
        .isEqualTo(ReplacementPauses.FIRST);
  }
}
