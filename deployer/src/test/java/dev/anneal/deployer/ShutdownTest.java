package dev.anneal.deployer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.events.Alert;
import dev.anneal.modelstore.LocalArtifactStore;
import dev.anneal.modelstore.ProcessEndingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// ONNX Runtime's own shutdown hook takes its environment away while the gate still scores.
class ShutdownTest {
  /// A process that is asked to end while it measures a candidate, and is told of a deployment
  /// then.
  static final class Stopping {
    private static final CountDownLatch MEASURED = new CountDownLatch(1);

    private Stopping() {}

    public static void main(String[] arguments) throws InterruptedException {
      var store = new LocalArtifactStore(Path.of(arguments[0]));
      var loader = new VersionLoader(store);
      var candidate = TinyModel.of("v2", 50, .9).storeIn(store);
      var work = Thread.ofPlatform().unstarted(() -> work(loader, candidate));
      work.start();
      Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> join(work)));
      MEASURED.await();
      System.exit(0);
    }

    private static void work(VersionLoader loader, VersionRef candidate) {
      try {
        var serving = new ServingModels(loader);
        System.out.println(endOf(new Trial(loader, serving, System::nanoTime), candidate));
        System.out.println("alerts " + alerts(serving, candidate));
      } finally {
        MEASURED.countDown(); // ends the process also where nothing could be measured
      }
    }

    private static String endOf(Trial trial, VersionRef candidate) {
      try {
        while (true) {
          trial.measure(candidate, candidate, 1 << 20);
          MEASURED.countDown();
        }
      } catch (RuntimeException e) {
        return e.getClass().getSimpleName();
      }
    }

    private static List<Alert> alerts(ServingModels serving, VersionRef version) {
      var alerts = new ConcurrentLinkedQueue<Alert>();
      var states = new ModelStates();
      var origin = new Candidate.Origin("event", "request", null);
      var deployment = Decisions.deployment(new Candidate(version, origin), null, Instant.EPOCH);
      states.apply(version.key(), state -> state.applyDeployment(deployment));
      var loads =
          new LoadAlerts(
              alert -> {
                alerts.add(alert);
                return CompletableFuture.completedFuture(null);
              },
              () -> Instant.EPOCH);
      new Deployments(states, serving, loads).open();
      return List.copyOf(alerts);
    }

    private static void join(Thread work) {
      try {
        work.join(TimeUnit.SECONDS.toMillis(20));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Test
  @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void neitherRefusesAModelNorRaisesAnAlert(@TempDir Path directory) throws Exception {
    // Given
    var command =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            Stopping.class.getName(),
            directory.toString());
    command.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    // When
    var process = command.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      // Then
      assertThat(output.lines())
          .contains(ProcessEndingException.class.getSimpleName(), "alerts []");
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }
}
