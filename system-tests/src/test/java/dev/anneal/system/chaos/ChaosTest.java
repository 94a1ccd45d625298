package dev.anneal.system.chaos;

import static dev.anneal.system.chaos.FaultKind.FAIL_POINT;
import static dev.anneal.system.chaos.FaultKind.KILL_EVERYTHING;
import static dev.anneal.system.chaos.FaultKind.KILL_TRAINING;
import static dev.anneal.system.chaos.FaultKind.STOP_EVERYTHING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// No fault loses a row, doubles a feature row or leaves a request without its end:
/// `docs/chaos.md`.
class ChaosTest {
  private static final int SHORT_FAULTS = 3;
  private static final long SHORT_MILLIS = 3_000;

  /// As long as a machine may stand still.
  private static final long LONG_MILLIS = 30_000;

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = 4)
  void aHandfulOfFaultsDoesNoHarm(long seed) throws Exception {
    assumeTrue(Processes.areVisible(), "skipped: this machine has no /proc to find processes by");
    var kinds = List.of(KILL_EVERYTHING, KILL_TRAINING, STOP_EVERYTHING, FAIL_POINT);
    var faults = Fault.draw(new Random(seed), SHORT_FAULTS, kinds, SHORT_MILLIS);
    Path directory = Path.of("target/chaos-short").toAbsolutePath();
    Ground.clear(directory);

    assertNoHarm(seed, faults, Files.createDirectories(directory));
  }

  @Tag("chaos")
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seedsToDo")
  void manyFaultsDoNoHarm(long seed) throws Exception {
    assumeTrue(Processes.areVisible(), "skipped: this machine has no /proc to find processes by");
    int count = Integer.getInteger("chaos.faults", 10);
    var faults = Fault.draw(new Random(seed), count, kinds(), LONG_MILLIS);

    assertNoHarm(seed, faults, chaosDirectory());
  }

  /// Of a run that was ended, the seeds that were not done.
  static LongStream seedsToDo() throws IOException {
    var done = new ChaosReport(chaosDirectory()).seedsDone();
    long first = Long.getLong("chaos.seed", 1);
    return LongStream.range(first, first + Long.getLong("chaos.seeds", 25))
        .filter(seed -> !done.contains(seed));
  }

  private static List<FaultKind> kinds() {
    String named = System.getProperty("chaos.kinds", "");
    return named.isEmpty()
        ? List.of(FaultKind.values())
        : Arrays.stream(named.split(",")).map(FaultKind::valueOf).toList();
  }

  private static Path chaosDirectory() throws IOException {
    Path directory = Path.of(System.getProperty("chaos.directory", "target/chaos"));
    return Files.createDirectories(directory.toAbsolutePath().normalize());
  }

  private static void assertNoHarm(long seed, List<Fault> faults, Path directory) throws Exception {
    Path ofSeed = directory.resolve("seed-" + seed);
    Ground.clear(ofSeed);
    try (var ground = Ground.prepare(ofSeed, faults)) {
      var run =
          new ChaosRun(
              seed,
              ground.possible(),
              ofSeed,
              ground.disk(),
              ground.clock(),
              new ChaosReport(directory));
      var violations = run.run();

      assertThat(violations).as("seed %d, logs in %s", seed, ofSeed).isEmpty();
      run.removeData();
    }
  }
}
