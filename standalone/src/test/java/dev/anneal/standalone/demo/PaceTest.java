package dev.anneal.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PaceTest {
  private static final Instant T = Instant.parse("2024-01-01T00:00:00Z");
  private static final Instant PRESENT = T.plus(Duration.ofDays(100));
  private final Pace pace = new Pace(Duration.ofSeconds(2));

  @Test
  void aDayTakesAsLongAsItShould() {
    assertThat(pace.next(T, T, Duration.ofMillis(500), PRESENT))
        .isEqualTo(T.plus(Duration.ofHours(6)));
  }

  @Test
  void aSlowLoopIsWaitedFor() {
    // Given a loop that is two days behind, which is as much as it may
    Instant time = T.plus(Duration.ofDays(2));

    assertThat(pace.next(time, T, Duration.ofSeconds(1), PRESENT)).isEqualTo(time);
    assertThat(pace.next(time.plusSeconds(1), T, Duration.ofSeconds(1), PRESENT))
        .isEqualTo(time.plusSeconds(1));
  }

  @Test
  void aProcessThatStoodStillDoesNotMakeUpForIt() {
    assertThat(pace.next(T, T, Duration.ofSeconds(30), PRESENT))
        .isEqualTo(T.plus(Duration.ofDays(2)));
  }

  @Test
  void nothingIsOfTheFuture() {
    Instant time = PRESENT.minusSeconds(5);

    assertThat(pace.next(time, time, Duration.ofSeconds(1), PRESENT)).isEqualTo(PRESENT);
  }

  @Test
  void aFastPaceHasAsManyDaysUnderWay() {
    var fast = new Pace(Duration.ofMillis(100));

    assertThat(fast.next(T, T, Duration.ofSeconds(30), PRESENT))
        .isEqualTo(T.plus(Duration.ofDays(40)));
    assertThat(new Pace(Duration.ofHours(1)).next(T, T, Duration.ofDays(2), PRESENT))
        .isEqualTo(T.plus(Duration.ofDays(1)));
  }
}
