package dev.anneal.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.anneal.stage.Dependencies.Dependency;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DependenciesTest {
  @Test
  void namesWhatDoesNotAnswerAndWaitsForNobody() {
    // Given a server that answers, one that refuses, and one that never answers
    var released = new CountDownLatch(1);
    var questions = new AtomicInteger();
    var dependencies =
        new Dependencies(
            List.of(
                new Dependency("there", () -> {}),
                new Dependency(
                    "refusing",
                    () -> {
                      throw new IOException("connection refused");
                    }),
                new Dependency(
                    "silent",
                    () -> {
                      questions.incrementAndGet();
                      released.await();
                    })));

    // Then, again and again
    for (int i = 0; i < 3; i++) {
      assertThat(dependencies.away()).contains("refusing", "silent");
    }
    assertThat(questions).hasValue(1);

    // When it answers again
    released.countDown();

    // Then
    await().untilAsserted(() -> assertThat(dependencies.away()).containsExactly("refusing"));
  }

  @Test
  void anAnswerThatComesAfterTheLookCountsForTheNext() {
    // Given a server that refuses, but slowly
    var questions = new AtomicInteger();
    var answered = new AtomicInteger();
    var dependencies =
        new Dependencies(
            List.of(
                new Dependency(
                    "slow",
                    () -> {
                      if (questions.incrementAndGet() > 1) {
                        Thread.sleep(900);
                        answered.incrementAndGet();
                        throw new IOException("connection refused");
                      }
                    })));
    await().untilAsserted(() -> assertThat(dependencies.away()).isEmpty());
    assertThat(dependencies.away()).isEmpty();

    // Then
    await().until(() -> answered.get() > 0);
    assertThat(dependencies.away()).containsExactly("slow");
  }

  @Test
  void aServerThatWasThereAndIsSilentForALookIsNotAwayYet() {
    // Given
    var silence = new CountDownLatch(1);
    var questions = new AtomicInteger();
    var dependencies =
        new Dependencies(
            List.of(
                new Dependency(
                    "slow",
                    () -> {
                      if (questions.incrementAndGet() > 1) {
                        silence.await();
                      }
                    })));
    await().untilAsserted(() -> assertThat(dependencies.away()).isEmpty());

    // Then
    assertThat(dependencies.away()).isEmpty();
    assertThat(dependencies.away()).isEmpty();
    assertThat(dependencies.away()).containsExactly("slow");
    silence.countDown();
    await().untilAsserted(() -> assertThat(dependencies.away()).isEmpty());
  }
}
