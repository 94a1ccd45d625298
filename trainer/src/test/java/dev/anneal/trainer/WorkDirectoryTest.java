package dev.anneal.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkDirectoryTest {
  private static final String OPEN = "open";

  @TempDir private Path directory;

  /// A trainer with one attempt, until its input ends.
  static final class Trainer {
    private Trainer() {}

    public static void main(String[] arguments) throws IOException {
      var attempt = new WorkDirectory(Path.of(arguments[0])).open(arguments[1], 1);
      Files.writeString(Files.createDirectory(attempt.directory().resolve("tmp")).resolve("x"), "");
      System.out.println(OPEN);
      while (System.in.read() >= 0) {}
    }
  }

  private Process trainer(String run) throws IOException {
    var command =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Trainer.class.getName(),
            directory.toString(),
            run);
    var process = command.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    assertThat(process.inputReader().lines().takeWhile(line -> !line.equals(OPEN))).isEmpty();
    return process;
  }

  private List<String> left() throws IOException {
    try (var files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void anAttemptsDirectoryGoesWithIt() throws IOException {
    try (var attempt = new WorkDirectory(directory.resolve("made")).open("run", 1)) {
      Files.writeString(attempt.directory().resolve("features.bin"), "rows");
    }
    assertThat(directory.resolve("made")).isEmptyDirectory();
  }

  @Test
  void whatAKilledTrainerLeftIsDeletedAndNothingElse() throws Exception {
    // Given
    var alive = trainer("alive");
    try {
      trainer("killed").destroyForcibly().waitFor();
      var work = new WorkDirectory(directory);
      try (var _ = work.open("own", 2)) {
        Files.createDirectory(directory.resolve("foreign-1"));
        assertThat(left()).contains("alive-1", "killed-1", "own-2");
        // When
        work.deleteAbandoned();
        // Then
        assertThat(left())
            .containsExactly("alive-1", "alive-1.lock", "foreign-1", "own-2", "own-2.lock");
        assertThat(directory.resolve("alive-1/tmp/x")).exists();
      }
    } finally {
      alive.destroyForcibly();
    }
  }

  @Test
  void aWorkDirectoryThatIsNotThereYetIsEmpty() {
    new WorkDirectory(directory.resolve("missing")).deleteAbandoned();
    assertThat(directory).isEmptyDirectory();
  }
}
