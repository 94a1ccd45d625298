package dev.anneal.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkDirectoryTest {
  @TempDir Path directory;

  private Path attempt(String name) throws IOException {
    Path attempt = Files.createDirectories(directory.resolve(name).resolve("out")).getParent();
    Files.writeString(attempt.resolve("features.bin"), "rows");
    return attempt;
  }

  @Test
  void whatKilledAttemptsOfARunLeftIsDeletedAndNothingElse() throws IOException {
    // Given
    attempt("run-a-1");
    attempt("run-a-12");
    Path otherRun = attempt("run-ab-1");
    Path longerName = attempt("run-a-b-1");
    // When
    Training.deleteAttempts(directory, "run-a");
    // Then
    try (var left = Files.list(directory)) {
      assertThat(left).containsExactlyInAnyOrder(otherRun, longerName);
    }
  }

  @Test
  void aWorkDirectoryThatIsNotThereYetIsEmpty() throws IOException {
    Training.deleteAttempts(directory.resolve("missing"), "run-a");
    assertThat(directory).isEmptyDirectory();
  }
}
