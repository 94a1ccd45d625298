package dev.anneal.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ClockWatchTest {
  private final AtomicLong wall =
      new AtomicLong(Instant.parse("2026-11-30T06:00:00Z").toEpochMilli());
  private final AtomicLong nanos = new AtomicLong(1);
  private final ClockWatch watch =
      new ClockWatch(() -> Instant.ofEpochMilli(wall.get()), nanos::get);

  @Test
  void aClockThatIsSetBackIsSeen() {
    pass(Duration.ofSeconds(2));
    assertThat(watch.wasSetBack()).isFalse();
    wall.addAndGet(-Duration.ofHours(1).toMillis());

    assertThat(watch.wasSetBack()).isTrue();
    assertThat(watch.message()).contains("set back by 3600 s");
    pass(Duration.ofSeconds(2));
    assertThat(watch.wasSetBack()).isTrue();
  }

  @Test
  void aClockThatGoesForwardIsFollowedUntilItComesBack() {
    wall.addAndGet(Duration.ofDays(8).toMillis());
    assertThat(watch.wasSetBack()).isFalse();

    pass(Duration.ofSeconds(30));
    wall.addAndGet(-Duration.ofDays(8).toMillis());
    assertThat(watch.wasSetBack()).isTrue();
  }

  @Test
  void aClockThatIsSlewedIsNotSetBack() {
    for (int i = 0; i < 1_000; i++) {
      pass(Duration.ofSeconds(2));
      wall.addAndGet(-10);
      assertThat(watch.wasSetBack()).isFalse();
    }
  }

  @Test
  void lessThanAMinuteIsWaitedFor() {
    wall.addAndGet(-ClockWatch.TOLERANCE.toMillis() + 1);

    assertThat(watch.wasSetBack()).isFalse();
  }

  @Test
  void aMachineThatStandsStillWhileItLooksSetsNothingBack() {
    var reads = new AtomicLong();
    var stopped =
        new ClockWatch(
            () -> Instant.ofEpochMilli(wall.get()),
            () -> {
              if (reads.getAndIncrement() == 1) {
                pass(Duration.ofMinutes(2));
              }
              return nanos.get();
            });

    assertThat(stopped.wasSetBack()).isFalse();
  }

  private void pass(Duration time) {
    wall.addAndGet(time.toMillis());
    nanos.addAndGet(time.toNanos());
  }
}
