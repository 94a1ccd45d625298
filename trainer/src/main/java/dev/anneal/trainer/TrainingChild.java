package dev.anneal.trainer;

import dev.anneal.trainer.xgboost.TrainingFailure;
import dev.anneal.trainer.xgboost.TrainingProcess;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.springframework.util.unit.DataSize;

/// Runs a training in a JVM of its own: it may run out of memory, crash in native code or be
/// killed, and is one failed attempt and nothing more. It ends when this process does.
final class TrainingChild {
  private static final long CHECK_MILLIS = 200;
  private static final int OUT_OF_MEMORY = 3; // of -XX:+ExitOnOutOfMemoryError

  /// 128 + SIGINT and SIGTERM. Ctrl-C reaches the whole process group, so the training may end
  /// before its trainer does.
  private static final Set<Integer> INTERRUPTED = Set.of(130, 143);

  private static final int KILL_WAIT_SECONDS = 10;
  private static final int LOG_LINES = 8;
  private static final String LOG = "process.log";

  /// Of the attempt's directory: native libraries are written to it, and stay when it is killed.
  private static final String TEMPORARY = "tmp";

  private final DataSize memory;
  private final String mainClass;

  TrainingChild(DataSize memory) {
    this(memory, TrainingProcess.class.getName());
  }

  /// @param mainClass another one for tests of its ways to end
  TrainingChild(DataSize memory, String mainClass) {
    this.memory = memory;
    this.mainClass = mainClass;
  }

  private record Step(String phase, long done, long total) {}

  /// @param directory with task and dataset
  /// @return the artifact's files
  /// @throws TrainingFailure when the process failed or crashed
  /// @throws Stopped when the attempt must not go on, or somebody asked the process to end
  Map<String, byte[]> run(Path directory, Watch watch, Progress progress) throws IOException {
    Process process = start(directory);
    try {
      var steps = new ConcurrentLinkedQueue<Step>();
      Thread.ofPlatform()
          .name("training-output")
          .daemon()
          .start(() -> readSteps(process.getInputStream(), steps));
      while (!process.waitFor(CHECK_MILLIS, TimeUnit.MILLISECONDS)) {
        watch.check();
        tell(steps, progress);
      }
      tell(steps, progress);
      return result(process.exitValue(), directory);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Stopped(new Attempted.Interrupted());
    } finally {
      kill(process);
    }
  }

  private Process start(Path directory) throws IOException {
    Path temporary = Files.createDirectories(directory.resolve(TEMPORARY));
    var command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx" + memory.toMegabytes() + "m",
            "-XX:+UseSerialGC",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:-CreateCoredumpOnCrash",
            "-XX:ErrorFile=" + directory.resolve("crash.log"),
            "-Djava.io.tmpdir=" + temporary,
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            mainClass,
            directory.toString());
    var builder = new ProcessBuilder(command);
    // spinning barriers beside busy cores made trainings 11 times slower
    builder.environment().put("OMP_WAIT_POLICY", "PASSIVE");
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    File log = directory.resolve(LOG).toFile();
    return builder.redirectError(log).start();
  }

  private static void readSteps(InputStream output, Queue<Step> steps) {
    try (var lines = new BufferedReader(new InputStreamReader(output, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] words = line.split(" ");
        if (words.length == 4 && words[0].equals(TrainingProcess.PROGRESS)) {
          steps.add(new Step(words[1], Long.parseLong(words[2]), Long.parseLong(words[3])));
        }
      }
    } catch (IOException | NumberFormatException _) {
      // the process is gone, and its end says how
    }
  }

  private static void tell(Queue<Step> steps, Progress progress) {
    for (Step step = steps.poll(); step != null; step = steps.poll()) {
      progress.at(step.phase(), step.done(), step.total());
    }
  }

  private Map<String, byte[]> result(int exit, Path directory) throws IOException {
    if (exit == 0) {
      return files(directory.resolve(TrainingProcess.OUT));
    }
    if (INTERRUPTED.contains(exit)) {
      throw new Stopped(new Attempted.Interrupted());
    }
    var failure = TrainingProcess.Failure.read(directory);
    if (exit == TrainingProcess.FAILED && failure != null) {
      throw new TrainingFailure(failure.code(), failure.message());
    }
    if (exit == OUT_OF_MEMORY) {
      throw new TrainingFailure(
          "out-of-memory",
          "the training process needed more than the %d MB it may have"
              .formatted(memory.toMegabytes()));
    }
    throw new TrainingFailure(
        "process-crashed",
        "the training process ended with %d: %s"
            .formatted(exit, lastLines(directory.resolve(LOG))));
  }

  private static Map<String, byte[]> files(Path out) throws IOException {
    var files = new HashMap<String, byte[]>();
    try (var paths = Files.list(out)) {
      for (Path path : paths.toList()) {
        files.put(path.getFileName().toString(), Files.readAllBytes(path));
      }
    }
    return files;
  }

  private static String lastLines(Path log) throws IOException {
    var lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines().toList();
    return String.join(" | ", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
  }

  private static void kill(Process process) throws IOException {
    process.destroyForcibly();
    try {
      process.waitFor(KILL_WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.getOutputStream().close();
  }
}
