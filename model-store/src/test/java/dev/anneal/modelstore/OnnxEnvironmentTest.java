package dev.anneal.modelstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxEnvironmentTest {
  private static final String SCORED = "scored";

  @TempDir private Path home;
  @TempDir private Path temporary;

  /// Scores in a process of its own, and lives until its input ends.
  static final class Scoring {
    private Scoring() {}

    public static void main(String[] arguments) throws IOException {
      try (var model = OnnxModel.load(Stump.bytes())) {
        model.scores(new float[] {1, 2}, 1);
        System.out.println(SCORED);
        while (System.in.read() >= 0) {}
      }
    }
  }

  @Test
  void aProcessThatScoresLeavesNoFileOfTelemetryOrLibraries() throws Exception {
    // Given
    var process = scoring();
    // When
    process.getOutputStream().close();
    // Then
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    assertThat(left()).isEmpty();
  }

  @Test
  void aProcessThatIsKilledLeavesNoFileEither() throws Exception {
    // Given
    var process = scoring();
    // When
    process.destroyForcibly().waitFor();
    // Then
    assertThat(left()).isEmpty();
  }

  /// Returns when it has scored. Its environment has only what tells ONNX Runtime where to write.
  private Process scoring() throws IOException {
    var command =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Djava.io.tmpdir=" + temporary,
            Scoring.class.getName());
    command.environment().clear();
    command.environment().put("HOME", home.toString());
    command.environment().put("TMPDIR", temporary.toString());
    command.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    var process = command.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    var output = process.inputReader(StandardCharsets.UTF_8);
    assertThat(output.lines().takeWhile(line -> !line.equals(SCORED))).isEmpty();
    return process;
  }

  private List<Path> left() throws IOException {
    try (var ofHome = Files.walk(home);
        var ofTemporary = Files.walk(temporary)) {
      return Stream.concat(ofHome, ofTemporary)
          .filter(path -> !path.equals(home) && !path.equals(temporary))
          .toList();
    }
  }
}
