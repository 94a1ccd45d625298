package dev.anneal.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class WaitClockTest {
  private static final Instant T = Instant.parse("2024-01-15T10:00:00Z");
  private static final Duration HOUR = Duration.ofHours(1);

  private Instant wall = T;
  private long nanos = Long.MAX_VALUE - 1_000;
  private final WaitClock clock = new WaitClock(() -> wall, () -> nanos);

  private void pass(Duration time) {
    wall = wall.plus(time);
    nanos += time.toNanos();
  }

  @Test
  void showsTheWallClock() {
    assertThat(clock.instant()).isEqualTo(T);
    pass(Duration.ofSeconds(5));
    assertThat(clock.instant()).isEqualTo(T.plusSeconds(5));
    wall = wall.plus(HOUR); // set ahead
    assertThat(clock.instant()).isEqualTo(T.plusSeconds(5).plus(HOUR));
  }

  @Test
  void aWaitEndsInTimeThoughTheClockIsSetBackMeanwhile() {
    Instant until = clock.instant().plusSeconds(10);
    pass(Duration.ofSeconds(10));
    wall = wall.minus(HOUR);

    assertThat(clock.instant()).isEqualTo(until);

    assertThat(clock.instant()).isEqualTo(T.plusSeconds(10).minus(HOUR));
  }

  @Test
  void anotherThreadHasItsOwnWaits() throws Exception {
    clock.instant();
    wall = wall.minus(HOUR);
    var seen = new Instant[1];

    var other = Thread.ofPlatform().start(() -> seen[0] = clock.instant());
    other.join();

    assertThat(seen[0]).isEqualTo(T.minus(HOUR));
  }
}
