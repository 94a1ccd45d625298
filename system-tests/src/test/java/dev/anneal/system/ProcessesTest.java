package dev.anneal.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// The processes of `./anneal up`: two that start at once, and what becomes of each when something
/// dies, stands still or is stopped. In order, since each start takes its time.
@TestMethodOrder(OrderAnnotation.class)
class ProcessesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LIMIT = Duration.ofMinutes(4);

  /// Longer than the supervisors' looks at their children; StallTest has the long one.
  private static final Duration STANDSTILL = Duration.ofSeconds(3);

  @TempDir private static Path directory;
  private static Path first;
  private static Path second;
  private static Up one;
  private static Up two;

  @BeforeAll
  static void startTwoAtOnce() throws IOException {
    first = directory.resolve("first");
    second = directory.resolve("second");
    one = Up.start(first, directory.resolve("first.log"));
    two = Up.start(second, directory.resolve("second.log"));
    await().atMost(LIMIT).until(() -> one.isStarted() && two.isStarted());
  }

  @AfterAll
  static void endWhatIsLeft() {
    Stream.of(first, second)
        .flatMap(ProcessesTest::processes)
        .forEach(ProcessHandle::destroyForcibly);
  }

  /// Those that name the data directory: `up`, its PostgreSQL and its registry.
  private static Stream<ProcessHandle> processes(Path data) {
    return ProcessHandle.allProcesses()
        .filter(p -> p.info().commandLine().orElse("").contains(data.toString()));
  }

  private static ProcessHandle process(Path data, String program) {
    return processes(data)
        .filter(p -> p.info().commandLine().orElse("").contains(program))
        .findFirst()
        .orElseThrow();
  }

  private static Properties endpoints(Path data) throws IOException {
    var properties = new Properties();
    try (var in = Files.newInputStream(data.resolve("endpoints.properties"))) {
      properties.load(in);
    }
    return properties;
  }

  private static JsonNode health(Path data) throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(URI.create(endpoints(data).getProperty("control") + "/health"));
      return JSON.readTree(
          client.send(request.build(), HttpResponse.BodyHandlers.ofString()).body());
    }
  }

  private static void awaitUp(Path data) {
    await()
        .atMost(LIMIT)
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(health(data).path("status").asText()).isEqualTo("UP"));
  }

  @Test
  @Order(1)
  void twoThatStartAtOnceHaveServersOfTheirOwn() throws Exception {
    for (String name :
        List.of("bootstrap.servers", "registry", "control", "deployer", "postgres.port")) {
      assertThat(endpoints(first).getProperty(name))
          .as(name)
          .isNotEqualTo(endpoints(second).getProperty(name));
    }
    awaitUp(first);
    awaitUp(second);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(first)))
        .isEqualTo("rwx------");
    String password = Files.readString(first.resolve("postgres/password"));
    assertThat(processes(first).map(p -> p.info().commandLine().orElse("")))
        .noneMatch(line -> line.contains(password));
  }

  @Test
  @Order(2)
  void serversThatAreKilledComeBackWhereTheyWere() throws Exception {
    // Given
    var postgres = process(first, "/bin/postgres");
    var registry = process(first, "quarkus-run.jar");
    var before = endpoints(first);

    // When
    postgres.destroyForcibly();
    registry.destroyForcibly();

    // Then
    await()
        .atMost(LIMIT)
        .ignoreExceptions()
        .untilAsserted(
            () -> {
              assertThat(process(first, "/bin/postgres").pid()).isNotEqualTo(postgres.pid());
              assertThat(process(first, "quarkus-run.jar").pid()).isNotEqualTo(registry.pid());
              assertThat(health(first).path("away")).isEmpty();
            });
    assertThat(endpoints(first)).isEqualTo(before);
    assertThat(process(first, "/bin/postgres").info().commandLine().orElse(""))
        .contains("-p " + before.getProperty("postgres.port"));
    assertThat(Cli.run("status", "--data-dir", first.toString()).exit()).isZero();
  }

  @Test
  @Order(3)
  void aTreeThatStoodStillGoesOnWithTheSameProcesses() throws Exception {
    // Given
    List<ProcessHandle> tree =
        processes(second)
            .flatMap(p -> Stream.concat(Stream.of(p), p.descendants()))
            .distinct()
            .toList();

    // When
    signal("STOP", tree);
    LockSupport.parkNanos(STANDSTILL.toNanos());
    signal("CONT", tree);

    // Then
    awaitUp(second);
    assertThat(tree).contains(process(second, "/bin/postgres"), process(second, "quarkus-run.jar"));
    assertThat(two.process().isAlive()).isTrue();
    assertThat(Cli.run("status", "--data-dir", second.toString()).exit()).isZero();
  }

  @Test
  @Order(4)
  void oneThatIsStoppedLeavesNoProcess() throws Exception {
    two.process().destroy();

    await().atMost(LIMIT).until(() -> processes(second).findAny().isEmpty());
    assertThat(two.printed()).contains("] stopping").contains("] stopped");
  }

  @Test
  @Order(5)
  void oneThatIsStoppedWhileItStartsLeavesNoProcess() throws Exception {
    // Given one whose PostgreSQL has started
    var up = Up.start(second, directory.resolve("cut.log"));
    await()
        .atMost(LIMIT)
        .until(
            () ->
                processes(second)
                    .anyMatch(p -> p.info().commandLine().orElse("").contains("quarkus-run.jar")));

    // When
    up.process().destroy();

    // Then
    await().atMost(LIMIT).until(() -> processes(second).findAny().isEmpty());
    assertThat(up.printed()).contains("stopped before everything had been closed");
  }

  @Test
  @Order(6)
  void aStartThatFailsEndsWhatAKilledOneLeftAndIsOneLine() throws Exception {
    // Given one that is killed and leaves its servers
    one.process().destroyForcibly();
    assertThat(one.process().waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(processes(first)).isNotEmpty();

    // When
    var up =
        Up.start(first, directory.resolve("failed.log"), "--set", "anneal.trainer.runs-at-once=0");
    assertThat(up.process().waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();

    // Then
    assertThat(up.process().exitValue()).isEqualTo(1);
    assertThat(up.printed())
        .contains("PostgreSQL of a run that was killed")
        .contains("the schema registry of a run that was killed");
    assertThat(up.printed().lines().filter(line -> !line.startsWith("[")))
        .containsExactly(
            "anneal: trainer cannot start: anneal.trainer.runs-at-once must be in [1, 64], was 0");
    assertThat(processes(first)).isEmpty();
  }

  private static void signal(String name, List<ProcessHandle> processes) throws Exception {
    var command =
        Stream.concat(
                Stream.of("kill", "-" + name), processes.stream().map(p -> Long.toString(p.pid())))
            .toList();
    new ProcessBuilder(command).start().waitFor(); // a backend may have ended meanwhile
  }
}
