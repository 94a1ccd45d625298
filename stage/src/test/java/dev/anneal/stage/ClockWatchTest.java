package dev.anneal.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
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

  @Test
  void theProcessEndsWithTheCodeThatStartsItAgain() throws IOException, InterruptedException {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var builder = new ProcessBuilder(java, SetBack.class.getName()).inheritIO();
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));

    assertThat(builder.start().waitFor()).isEqualTo(ClockWatch.START_AGAIN);
  }

  /// A process whose clock goes back by an hour with each look, and which would not end by itself.
  static final class SetBack {
    public static void main(String[] arguments) throws InterruptedException {
      var looks = new AtomicLong();
      new ClockWatch(
              () -> Instant.ofEpochMilli(-looks.getAndIncrement() * 3_600_000), System::nanoTime)
          .endProcess();
      new CountDownLatch(1).await();
    }
  }

  private void pass(Duration time) {
    wall.addAndGet(time.toMillis());
    nanos.addAndGet(time.toNanos());
  }
}
