package dev.anneal.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The script `anneal` with a JDK whose `java` is a few lines of shell: it writes a line to the
/// file `starts` each time, then does what a test has it do.
class LauncherTest {
  private static final Duration LIMIT = Duration.ofMinutes(3);

  /// A program that runs until TERM ends it with 75.
  private static final String RUN_UNTIL_TERM =
      "trap 'echo TERM >>signals; exit 75' TERM; touch ready; while :; do sleep 0.05; done";

  @TempDir private Path home;
  private final List<Process> started = new ArrayList<>();

  @BeforeEach
  void copyTheScript() throws IOException {
    Files.copy(Path.of("../anneal"), home.resolve("anneal"));
    Path built = home.resolve("standalone/target/lib/.built");
    Files.createDirectories(built.getParent());
    Files.createFile(built);
    executable("jdk/bin/javac", "");
  }

  @AfterEach
  void endWhatIsLeft() {
    for (Process process : started) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private void executable(String name, String script) throws IOException {
    Path file = home.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /// @param program what the program does, in shell
  private Process launch(String program, String... arguments) throws IOException {
    executable(
        "jdk/bin/java",
        """
        if [ "$1" = -XshowSettings:properties ]; then
          echo '    java.specification.version = 25' >&2
          exit
        fi
        echo "$@" >>starts
        """
            + program);
    var command =
        new ArrayList<>(List.of("sh", "-c", "umask 022; exec \"$@\"", "launch", "bash", "anneal"));
    command.addAll(List.of(arguments));
    var builder =
        new ProcessBuilder(command)
            .directory(home.toFile())
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("printed").toFile());
    builder.environment().put("JAVA25_HOME", home.resolve("jdk").toString());
    builder.environment().remove("ORT_DISABLE_TELEMETRY");
    if (Files.exists(home.resolve("functions"))) {
      builder.environment().put("BASH_ENV", home.resolve("functions").toString());
    }
    Process process = builder.start();
    started.add(process);
    return process;
  }

  private static int exit(Process process) throws InterruptedException {
    assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private List<String> lines(String file) throws IOException {
    return Files.readAllLines(home.resolve(file));
  }

  @ParameterizedTest
  @ValueSource(strings = {"up", "status"})
  void endsWithTheProgramsExitCode(String command) throws Exception {
    assertThat(exit(launch("exit 3", command, "--flag"))).isEqualTo(3);

    assertThat(lines("starts"))
        .hasSize(1)
        .allMatch(line -> line.endsWith(" dev.anneal.standalone.Anneal " + command + " --flag"));
  }

  @Test
  void upStartsAgainWhereItEndsWith75() throws Exception {
    String program = "[ $(wc -l <starts) = 3 ] || exit 75";

    assertThat(exit(launch(program, "up"))).isZero();

    assertThat(lines("starts")).hasSize(3);
    assertThat(lines("printed"))
        .containsExactly("anneal: starting again", "anneal: starting again");
  }

  @Test
  void nothingElseStartsAgain() throws Exception {
    assertThat(exit(launch("exit 75", "status"))).isEqualTo(75);

    assertThat(lines("starts")).hasSize(1);
  }

  @Test
  void aStopReachesTheProgramAndEndsTheScriptWithItsCode() throws Exception {
    // Given
    Process script = launch(RUN_UNTIL_TERM, "up");
    await().atMost(LIMIT).until(() -> Files.exists(home.resolve("ready")));

    // When
    script.destroy();

    // Then
    assertThat(exit(script)).isEqualTo(75);
    assertThat(lines("signals")).contains("TERM");
    assertThat(lines("starts")).hasSize(1);
    assertThat(lines("printed")).isEmpty();
  }

  @Test
  void aStopThatComesWhileTheProgramEndsWith75IsNotLost() throws Exception {
    // Given a second start would end by itself
    String program = "[ $(wc -l <starts) = 1 ] || exit 0; trap '' TERM; kill -TERM $PPID; exit 75";

    // When
    int exit = exit(launch(program, "up"));

    // Then
    assertThat(exit).as("75, or what bash has where a signal and the end coincide").isNotZero();
    assertThat(lines("starts")).hasSize(1);
  }

  @Test
  void aStopBetweenTwoRoundsIsNotLost() throws Exception {
    // Given a signal that comes when the script has said that it starts the program again
    Files.writeString(
        home.resolve("functions"),
        """
        echo() {
          builtin echo "$@"
          [ "$*" != "anneal: starting again" ] || kill -TERM $$
        }
        """);
    String program = "[ $(wc -l <starts) = 2 ] || exit 75";

    // When
    int exit = exit(launch(program, "up"));

    // Then
    assertThat(exit).isEqualTo(75);
    assertThat(lines("printed")).containsExactly("anneal: starting again");
    assertThat(lines("starts")).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"up", "status"})
  void theProgramSendsNoTelemetryAndItsFilesAreItsOwners(String command) throws Exception {
    String program = "printenv ORT_DISABLE_TELEMETRY >telemetry; touch file; mkdir directory";

    assertThat(exit(launch(program, command))).isZero();

    assertThat(lines("telemetry")).containsExactly("1");
    assertThat(permissions("file")).isEqualTo("rw-------");
    assertThat(permissions("directory")).isEqualTo("rwx------");
  }

  private String permissions(String file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve(file)));
  }
}
