package dev.anneal.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.trainer.xgboost.TrainingFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

class TrainingChildTest {
  @TempDir Path directory;

  /// A training process that ends in the way its directory's name says.
  static final class Misbehaving {
    private Misbehaving() {}

    public static void main(String[] arguments) throws Exception {
      String name = Path.of(arguments[0]).getFileName().toString();
      switch (name) {
        case "killed" -> {
          Files.createTempFile("library", ".so");
          Runtime.getRuntime().halt(137);
        }
        case "crash" -> {
          System.err.println("terrible things");
          Runtime.getRuntime().halt(134);
        }
        case "130", "143" -> Runtime.getRuntime().halt(Integer.parseInt(name));
        case "memory" -> {
          var hoard = new ArrayList<long[]>();
          while (hoard.size() < Integer.MAX_VALUE) {
            hoard.add(new long[1 << 20]);
          }
        }
        default -> {
          System.out.println("progress training 1 100");
          Thread.currentThread().join();
        }
      }
    }
  }

  private static Watch watch(Attempts.Control control, Duration limit) {
    return new Watch(() -> control, () -> false, limit, System::nanoTime);
  }

  private void run(String name, Watch watch, Progress progress) throws IOException {
    Path inside = Files.createDirectories(directory.resolve(name));
    new TrainingChild(DataSize.ofMegabytes(64), Misbehaving.class.getName())
        .run(inside, watch, progress);
  }

  @Test
  void aCrashIsAFailureThatSaysWhatTheProcessSaidLast() {
    assertThatThrownBy(
            () ->
                run("crash", watch(Attempts.Control.GO_ON, Duration.ofMinutes(1)), (_, _, _) -> {}))
        .isInstanceOfSatisfying(
            TrainingFailure.class, e -> assertThat(e.code()).isEqualTo("process-crashed"))
        .hasMessage("the training process ended with 134: terrible things");
  }

  @Test
  void whatAKilledProcessWroteForItselfLiesInItsDirectory() throws IOException {
    assertThatThrownBy(
            () ->
                run(
                    "killed",
                    watch(Attempts.Control.GO_ON, Duration.ofMinutes(1)),
                    (_, _, _) -> {}))
        .isInstanceOf(TrainingFailure.class);
    try (var files = Files.list(directory.resolve("killed/tmp"))) {
      assertThat(files).singleElement().asString().contains("library");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"130", "143"})
  void aProcessEndedByCtrlCOrTerminationWasInterruptedAndHasNotFailed(String exit) {
    assertThatThrownBy(
            () -> run(exit, watch(Attempts.Control.GO_ON, Duration.ofMinutes(1)), (_, _, _) -> {}))
        .isInstanceOfSatisfying(
            Stopped.class, e -> assertThat(e.end()).isEqualTo(new Attempted.Interrupted()));
  }

  @Test
  void aProcessThatIsToldToEndWasInterrupted() {
    // When a process gets SIGTERM once it has spoken
    Progress terminate =
        (_, _, _) ->
            ProcessHandle.current()
                .children()
                .filter(
                    p ->
                        p.info()
                            .commandLine()
                            .orElse("")
                            .contains(directory.resolve("hang").toString()))
                .forEach(ProcessHandle::destroy);
    // Then
    assertThatThrownBy(
            () -> run("hang", watch(Attempts.Control.GO_ON, Duration.ofMinutes(1)), terminate))
        .isInstanceOfSatisfying(
            Stopped.class, e -> assertThat(e.end()).isEqualTo(new Attempted.Interrupted()));
  }

  @Test
  void tooLittleMemoryIsAFailureWithItsOwnCode() {
    assertThatThrownBy(
            () ->
                run(
                    "memory",
                    watch(Attempts.Control.GO_ON, Duration.ofMinutes(1)),
                    (_, _, _) -> {}))
        .isInstanceOfSatisfying(
            TrainingFailure.class, e -> assertThat(e.code()).isEqualTo("out-of-memory"))
        .hasMessageContaining("more than the 64 MB");
  }

  @Test
  void aCancelKillsTheProcess() {
    // Given a process that would never end, and a cancel once it has spoken
    var control = new java.util.concurrent.atomic.AtomicReference<>(Attempts.Control.GO_ON);
    var watch = new Watch(control::get, () -> false, Duration.ofMinutes(1), System::nanoTime);
    // When
    assertThatThrownBy(
            () -> run("hang", watch, (_, _, _) -> control.set(Attempts.Control.CANCELLED)))
        .isInstanceOfSatisfying(
            Stopped.class, e -> assertThat(e.end()).isEqualTo(new Attempted.Cancelled()));
    // Then
    assertThat(
            ProcessHandle.current()
                .children()
                .filter(p -> p.info().commandLine().orElse("").contains("hang")))
        .isEmpty();
  }

  @Test
  void theTimeLimitKillsTheProcess() {
    assertThatThrownBy(
            () ->
                run("hang", watch(Attempts.Control.GO_ON, Duration.ofMillis(300)), (_, _, _) -> {}))
        .isInstanceOfSatisfying(
            TrainingFailure.class, e -> assertThat(e.code()).isEqualTo("time-limit"));
  }
}
