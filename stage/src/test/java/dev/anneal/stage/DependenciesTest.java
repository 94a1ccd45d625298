package dev.anneal.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.anneal.stage.Dependencies.Dependency;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
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

  private static Dependencies slow(Dependencies.Check check) {
    return new Dependencies(List.of(new Dependency("slow", check)));
  }

  @Test
  void anAnswerThatComesAfterTheLookCountsForTheNext() {
    // Given a server that answers each question when it is released
    var release = new SynchronousQueue<Boolean>();
    var dependencies =
        slow(
            () -> {
              if (!release.take()) {
                throw new IOException("connection refused");
              }
            });
    assertThat(dependencies.away()).containsExactly("slow"); // never seen yet

    // Then each look knows the answer to the question of the look before
    for (int i = 0; i < 4; i++) {
      answer(release, true);
      await().untilAsserted(() -> assertThat(dependencies.away()).isEmpty());
    }
    answer(release, false);
    await().untilAsserted(() -> assertThat(dependencies.away()).containsExactly("slow"));
  }

  private static void answer(SynchronousQueue<Boolean> release, boolean answer) {
    try {
      release.put(answer);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aServerThatWasThereAndIsSilentForALookIsNotAwayYet() {
    // Given
    var silence = new CountDownLatch(1);
    var questions = new AtomicInteger();
    var dependencies =
        slow(
            () -> {
              if (questions.incrementAndGet() > 1) {
                silence.await();
              }
            });
    await().untilAsserted(() -> assertThat(dependencies.away()).isEmpty());

    // Then
    assertThat(dependencies.away()).isEmpty();
    await().untilAsserted(() -> assertThat(dependencies.away()).containsExactly("slow"));
    silence.countDown();
    await().untilAsserted(() -> assertThat(dependencies.away()).isEmpty());
  }
}
