package dev.anneal.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChildWatchTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final List<Process> started = new CopyOnWriteArrayList<>();
  private volatile int failuresBeforeNext;

  private ProcessHandle start() throws IOException {
    if (failuresBeforeNext > 0) {
      failuresBeforeNext--;
      throw new IOException("no memory");
    }
    var process = new ProcessBuilder("sleep", "1000").start();
    started.add(process);
    return process.toHandle();
  }

  @AfterEach
  void end() {
    started.forEach(Process::destroyForcibly);
  }

  @Test
  void aChildThatEndsIsStartedAgainHoweverOftenThatFails() throws IOException {
    try (var watch = new ChildWatch("child", start(), this::start)) {
      failuresBeforeNext = 2;
      started.getFirst().destroyForcibly();

      await().atMost(LIMIT).until(() -> started.size() == 2);
      await().atMost(LIMIT).until(() -> watch.child().pid() == started.getLast().pid());
      assertThat(watch.child().isAlive()).isTrue();
      assertThat(failuresBeforeNext).isZero();
    }
  }

  @Test
  void aChildThatLivesIsLeftAloneAndNothingStartsAfterTheEndOfTheWatch() throws Exception {
    var watch = new ChildWatch("child", start(), this::start);
    watch.close();
    var child = started.getFirst();
    assertThat(child.isAlive()).isTrue();

    child.destroyForcibly().waitFor();
    watch.close(); // again: does nothing

    assertThat(started).hasSize(1);
  }
}
