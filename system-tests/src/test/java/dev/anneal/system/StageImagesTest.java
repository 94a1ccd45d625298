package dev.anneal.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the stages' images are made of: each Dockerfile, and the `target/lib` that it copies.
class StageImagesTest {
  private static final Path ROOT = Path.of("..");
  private static final String TEMPORARY = "/var/lib/anneal/tmp";

  /// Servers and what only tests use.
  private static final Pattern FOREIGN =
      Pattern.compile(
          "(embedded|scala|kafka_|kafka-(server|raft|metadata|storage|tools)|testcontainers|junit"
              + "|assertj|awaitility|archunit|bench|standalone|system-tests).*");

  private static String dockerfile(String stage) throws IOException {
    return Files.readString(ROOT.resolve(stage).resolve("Dockerfile"));
  }

  @ParameterizedTest
  @MethodSource("dev.anneal.system.DockerComposeTest#stages")
  void imageHasTheStagesOwnLibrariesOnly(String stage) throws IOException {
    assertThat(dockerfile(stage))
        .contains("COPY --from=build /src/%1$s/target/lib /src/%1$s/target/%1$s-".formatted(stage))
        .doesNotContain("copy-dependencies");
    Path library = ROOT.resolve(stage).resolve("target/lib");
    assumeThat(library).as("made by `package`, which `test` alone does not reach").isDirectory();
    try (var jars = Files.list(library)) {
      assertThat(jars.map(jar -> jar.getFileName().toString()))
          .isNotEmpty()
          .noneMatch(jar -> FOREIGN.matcher(jar).matches());
    }
  }

  @ParameterizedTest
  @MethodSource("dev.anneal.system.DockerComposeTest#stages")
  void imageRunsAsANumberThatIsNotRoots(String stage) throws IOException {
    var users = dockerfile(stage).lines().filter(line -> line.startsWith("USER ")).toList();
    assertThat(users).hasSize(1).allMatch(user -> user.matches("USER [1-9]\\d{4}:[1-9]\\d{4}"));
  }

  @ParameterizedTest
  @MethodSource("dev.anneal.system.DockerComposeTest#stages")
  void temporaryFilesHaveADirectoryOfTheUsersOutsideOfTmp(String stage) throws IOException {
    assertThat(dockerfile(stage)).contains("\"-Djava.io.tmpdir=" + TEMPORARY + "\"");
    assertThat(ownDirectories(stage)).contains(TEMPORARY).noneMatch(d -> d.startsWith("/tmp"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"trainer", "deployer"})
  void imagesThatLoadOnnxRuntimeTurnItsTelemetryOff(String stage) throws IOException {
    assertThat(dockerfile(stage).lines()).contains("ENV ORT_DISABLE_TELEMETRY=1");
  }

  /// The directories that the image gives to its user; a new volume takes their owner.
  static List<String> ownDirectories(String stage) throws IOException {
    var user = Pattern.compile("USER (\\d+):(\\d+)").matcher(dockerfile(stage));
    assertThat(user.find()).isTrue();
    var directories =
        Pattern.compile("install -d -o %s -g %s (.*)".formatted(user.group(1), user.group(2)))
            .matcher(dockerfile(stage));
    assertThat(directories.find()).isTrue();
    return List.of(directories.group(1).split(" "));
  }
}
