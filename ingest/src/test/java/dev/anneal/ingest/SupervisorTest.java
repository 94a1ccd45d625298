package dev.anneal.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.EOFException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SupervisorTest {
  private static final Backoff FAST = new Backoff(Duration.ofMillis(1), Duration.ofMillis(4));

  /// Runs until it is closed.
  private static final class Endless implements Supervisor.Attempt {
    private final CountDownLatch closed = new CountDownLatch(1);

    @Override
    public void run(Runnable running) throws InterruptedException {
      running.run();
      closed.await();
    }

    @Override
    public void close() {
      closed.countDown();
    }
  }

  private record Failing(Exception failure) implements Supervisor.Attempt {
    @Override
    public void run(Runnable running) throws Exception {
      throw failure;
    }

    @Override
    public void close() {}
  }

  @Test
  void pausesDoubleUpToTheLongest() {
    var backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30));

    assertThat(
            List.of(1, 2, 3, 5, 6, 7, 1_000).stream().map(backoff::after).map(Duration::toSeconds))
        .containsExactly(1L, 2L, 4L, 16L, 30L, 30L, 30L);
  }

  @Test
  void failuresAreCountedUntilTheCaptureHasRunForAWhile() {
    // Given
    var failure = new CaptureException(CaptureException.Code.SOURCE_UNREACHABLE, "away");
    Instant start = Instant.EPOCH;

    // When
    CaptureState second =
        new CaptureState.Starting(0)
            .failed(failure, FAST, start)
            .tryAgain()
            .failed(failure, FAST, start);
    CaptureState afterShortRun =
        second.tryAgain().sourceAnswers(start).failed(failure, FAST, start.plusMillis(3));
    CaptureState afterLongRun =
        second.tryAgain().sourceAnswers(start).failed(failure, FAST, start.plusMillis(4));

    // Then
    assertThat(second).isEqualTo(waiting(2, 2));
    assertThat(afterShortRun).isEqualTo(waiting(3, 4));
    assertThat(afterLongRun).isEqualTo(waiting(1, 1));
  }

  private static CaptureState waiting(int failures, int pauseMillis) {
    return new CaptureState.Waiting(
        failures, Duration.ofMillis(pauseMillis), CaptureException.Code.SOURCE_UNREACHABLE, "away");
  }

  @Test
  void triesAgainAndTellsEachFailureOnce() throws InterruptedException {
    // Given a source that is away for ten tries, refuses for two, then runs
    var tries = new AtomicInteger();
    var told = new CopyOnWriteArrayList<String>();
    var supervisor =
        new Supervisor(
            "acme",
            () ->
                switch (tries.incrementAndGet()) {
                  case 11, 12 -> new Failing(new SQLException("no such role", "28000"));
                  case 13 -> new Endless();
                  default -> new Failing(new SQLException("connection refused", "08001"));
                },
            FAST,
            failure -> told.add(failure.code() + ": " + failure.getMessage()),
            InstantSource.fixed(Instant.EPOCH));

    // When
    supervisor.start();

    // Then
    await()
        .untilAsserted(
            () -> assertThat(supervisor.state()).isInstanceOf(CaptureState.Running.class));
    assertThat(told)
        .containsExactly(
            "SOURCE_UNREACHABLE: connection refused", "SOURCE_CREDENTIALS: no such role");
    supervisor.stop();
    assertThat(supervisor.state()).isEqualTo(new CaptureState.Stopped());
    assertThat(tries).hasValue(13);
  }

  @Test
  void stopsWhileItWaits() throws InterruptedException {
    var slow = new Backoff(Duration.ofMinutes(1), Duration.ofMinutes(1));
    var supervisor =
        new Supervisor(
            "acme", () -> new Failing(new EOFException()), slow, _ -> {}, InstantSource.system());
    supervisor.start();
    await()
        .untilAsserted(
            () -> assertThat(supervisor.state()).isInstanceOf(CaptureState.Waiting.class));

    supervisor.stop();

    assertThat(supervisor.state()).isEqualTo(new CaptureState.Stopped());
  }

  @Test
  void aListenerThatFailsDoesNotEndTheSupervision() throws InterruptedException {
    // Given Kafka away, too, at the first two failures
    var tries = new AtomicInteger();
    var supervisor =
        new Supervisor(
            "acme",
            () -> tries.incrementAndGet() < 3 ? new Failing(new EOFException()) : new Endless(),
            FAST,
            _ -> {
              throw new TimeoutException("no broker");
            },
            InstantSource.system());

    // When
    supervisor.start();

    // Then
    await()
        .untilAsserted(
            () -> assertThat(supervisor.state()).isInstanceOf(CaptureState.Running.class));
    supervisor.stop();
  }

  @ParameterizedTest
  @CsvSource({
    "28P01, SOURCE_CREDENTIALS",
    "28000, SOURCE_CREDENTIALS",
    "3D000, SOURCE_DATABASE_UNKNOWN",
    "42501, SOURCE_PERMISSION",
    "55006, SLOT_IN_USE",
    "57P01, SOURCE_UNREACHABLE",
    "08006, SOURCE_UNREACHABLE",
    "XX000, CAPTURE_FAILED"
  })
  void sqlStatesSayWhatIsWrong(String state, CaptureException.Code code) {
    var wrapped = new RuntimeException("engine failed", new SQLException("why", state));

    assertThat(CaptureException.of(wrapped).code()).isEqualTo(code);
    assertThat(CaptureException.of(wrapped)).hasMessage("why");
  }

  @Test
  void aBrokerThatIsAwayIsNoTroubleOfTheSource() {
    assertThat(CaptureException.of(new RuntimeException(new TimeoutException("no leader"))).code())
        .isEqualTo(CaptureException.Code.DELIVERY_FAILED);
  }
}
