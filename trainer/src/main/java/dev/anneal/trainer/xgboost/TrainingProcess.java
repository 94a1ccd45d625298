package dev.anneal.trainer.xgboost;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The training process: `java … TrainingProcess <directory>`. Says how far it is on its standard
/// output (`progress <phase> <done> <of>`), ends with 0 and the artifact's files in `out/`, or with
/// [#FAILED] and a `failure.json` that says why. Any other end is a crash.
public final class TrainingProcess {
  public static final String OUT = "out";
  public static final String FAILURE_FILE = "failure.json";
  public static final String PROGRESS = "progress";

  /// Exit code of a training that failed as trainings may.
  public static final int FAILED = 10;

  private TrainingProcess() {}

  /// Why it failed: `failure.json`.
  public record Failure(String code, String message) {
    /// @return null when there is none
    public static @Nullable Failure read(Path directory) throws IOException {
      Path file = directory.resolve(FAILURE_FILE);
      return Files.exists(file)
          ? TrainingTask.JSON.readValue(Files.readAllBytes(file), Failure.class)
          : null;
    }
  }

  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]);
    endWithParent();
    try {
      var files = new Training(TrainingTask.read(directory), TrainingProcess::say).run(directory);
      write(directory, files);
    } catch (TrainingFailure e) {
      fail(directory, e.code(), String.valueOf(e.getMessage()));
      System.exit(FAILED);
    }
  }

  /// The same in this process, which nothing ends.
  ///
  /// @throws TrainingFailure as trainings may fail
  public static void run(Path directory) throws IOException {
    write(directory, new Training(TrainingTask.read(directory), (_, _, _) -> {}).run(directory));
  }

  /// The parent holds the other end of our standard input; when it dies, however, the pipe ends.
  private static void endWithParent() {
    Thread.ofPlatform()
        .name("parent")
        .daemon()
        .start(
            () -> {
              try {
                while (System.in.read() >= 0) {}
              } catch (IOException _) {
                // as good as its end
              }
              Runtime.getRuntime().halt(FAILED);
            });
  }

  private static void say(String phase, long done, long of) {
    System.out.printf("%s %s %d %d%n", PROGRESS, phase, done, of);
  }

  private static void write(Path directory, Map<String, byte[]> files) throws IOException {
    Path out = Files.createDirectories(directory.resolve(OUT));
    for (var file : files.entrySet()) {
      Files.write(out.resolve(file.getKey()), file.getValue());
    }
  }

  private static void fail(Path directory, String code, String message) throws IOException {
    try {
      Files.write(
          directory.resolve(FAILURE_FILE),
          TrainingTask.JSON.writeValueAsBytes(new Failure(code, message)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
