package dev.anneal.stage;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The servers that a stage needs, and whether they answer. Each is asked beside the others and on
/// a thread of its own, so that nobody waits for one that does not answer. One that refuses is away
/// at once; one that is silent and was there before is away after [#LOOKS] looks, since it may be
/// the machine that is slow. Safe for use by many threads.
public final class Dependencies {
  /// An answer within a second for whoever asks for the stage's health.
  private static final Duration LIMIT = Duration.ofMillis(700);

  private static final int LOOKS = 3;

  /// Asks a server.
  public interface Check {
    /// @throws Exception when it does not answer as it should
    void ask() throws Exception;
  }

  /// One server.
  public static final class Dependency {
    private final String name;
    private final Check check;
    private CompletableFuture<Boolean> asked = CompletableFuture.completedFuture(false);
    private boolean wasThere;
    private int silentLooks;

    public Dependency(String name, Check check) {
      this.name = name;
      this.check = check;
    }

    /// One question at a time: a server that does not answer gets no second one.
    private synchronized CompletableFuture<Boolean> ask() {
      if (asked.isDone()) {
        receive(asked.join()); // it may have come after the look that asked
        var answer = new CompletableFuture<Boolean>();
        asked = answer;
        Thread.ofVirtual().name("ask " + name).start(() -> answer.complete(answers()));
      }
      return asked;
    }

    /// @param answer null: none yet
    private synchronized boolean isThere(@Nullable Boolean answer) {
      if (answer != null) {
        receive(answer);
      } else {
        silentLooks++;
      }
      return wasThere && silentLooks < LOOKS;
    }

    private void receive(boolean answer) {
      wasThere = answer;
      silentLooks = 0;
    }

    private boolean answers() {
      try {
        check.ask();
        return true;
      } catch (Exception _) {
        return false;
      }
    }
  }

  private final List<Dependency> all;

  public Dependencies(List<Dependency> all) {
    this.all = List.copyOf(all);
  }

  /// Names of those that do not answer; within a second, whatever is away.
  public List<String> away() {
    long end = System.nanoTime() + LIMIT.toNanos();
    var answers = all.stream().map(Dependency::ask).toList();
    return IntStream.range(0, all.size())
        .filter(i -> !all.get(i).isThere(answer(answers.get(i), end - System.nanoTime())))
        .mapToObj(i -> all.get(i).name)
        .toList();
  }

  private static @Nullable Boolean answer(CompletableFuture<Boolean> answer, long nanos) {
    try {
      return answer.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
    } catch (TimeoutException | ExecutionException _) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }
}
