package dev.anneal.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.anneal.events.Alert;
import dev.anneal.schemas.Stage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PeriodicTaskTest {
  private final List<Alert> sent = new CopyOnWriteArrayList<>();
  private final AtomicInteger times = new AtomicInteger();

  /// Ten seconds later with each look at the clock.
  private final RetryAlerts alerts =
      new RetryAlerts(
          Stage.TRAINER,
          alert -> {
            sent.add(alert);
            return CompletableFuture.completedFuture(null);
          },
          () -> Instant.EPOCH.plusSeconds(10L * times.get()));

  @Test
  void whatFailsForOverAMinuteIsAnAlertUntilItSucceeds() {
    var task =
        new PeriodicTask(
            "outbox",
            Duration.ofMillis(1),
            alerts,
            () -> {
              if (times.incrementAndGet() < 20) {
                throw new IllegalStateException("away");
              }
            });

    task.start();
    await().until(() -> sent.size() == 2);
    task.stop();

    assertThat(sent.getFirst().getMessage()).startsWith("trainer retries outbox since ");
    assertThat(sent.getFirst().getResolvedAt()).isNull();
    assertThat(sent.getLast().getAlertId()).isEqualTo(sent.getFirst().getAlertId());
    assertThat(sent.getLast().getResolvedAt()).isNotNull();
  }

  @Test
  void aStopResolvesNoAlertOfATaskThatStillFails() {
    var task =
        new PeriodicTask(
            "outbox",
            Duration.ofMillis(1),
            alerts,
            () -> {
              times.incrementAndGet();
              throw new IllegalStateException("away");
            });

    task.start();
    await().until(() -> sent.size() == 1);
    task.stop();

    assertThat(sent).singleElement().satisfies(a -> assertThat(a.getResolvedAt()).isNull());
  }

  @Test
  void theLastTimeComesAfterAllOthersAndNoneAfterIt() {
    var last = new AtomicInteger();
    var task =
        new PeriodicTask(
            "outbox",
            Duration.ofMillis(1),
            alerts,
            times::incrementAndGet,
            () -> last.set(times.get()),
            7);

    task.start();
    await().until(() -> times.get() > 3);
    task.stop();

    assertThat(last.get()).isEqualTo(times.get());
    assertThat(task.isRunning()).isFalse();
    assertThat(task.getPhase()).isEqualTo(7);
  }
}
