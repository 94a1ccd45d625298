package dev.anneal.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class StartWaitTest {
  private static final RuntimeException AWAY =
      new UncheckedIOException(new ConnectException("refused"));

  private final StartWait wait = new StartWait(Duration.ofMillis(1));

  @Test
  void triesAgainWhileTheFailureIsTemporary() {
    // Given
    var failures =
        new ArrayDeque<>(List.of(AWAY, new KafkaException("away", new TimeoutException("late"))));
    var tries = new AtomicInteger();
    // When
    wait.until("the server", () -> failing(tries, failures));
    // Then
    assertThat(tries).hasValue(3);
  }

  private static void failing(AtomicInteger tries, ArrayDeque<RuntimeException> failures) {
    tries.incrementAndGet();
    if (!failures.isEmpty()) {
      throw failures.poll();
    }
  }

  @Test
  void aFailureThatStaysEndsTheStart() {
    var refused = new KafkaException("not authorized");
    var tries = new AtomicInteger();
    assertThatThrownBy(
            () ->
                wait.until("the server", () -> failing(tries, new ArrayDeque<>(List.of(refused)))))
        .isSameAs(refused);
    assertThat(tries).hasValue(1);
  }

  @Test
  void aStartThatIsToEndWaitsNoLonger() {
    // Given a thread in the state in which Spring interrupts it
    var ended = new CompletableFuture<RuntimeException>();
    var start =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    new StartWait(Duration.ofDays(1)).until("the server", StartWaitTest::fail);
                  } catch (RuntimeException e) {
                    ended.complete(e);
                  }
                });
    await().until(() -> start.getState() == Thread.State.WAITING);
    // When
    start.interrupt();
    // Then
    assertThat(ended).succeedsWithin(Duration.ofSeconds(60)).isSameAs(AWAY);
  }

  private static void fail() {
    throw AWAY;
  }
}
