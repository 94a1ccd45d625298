package dev.anneal.standalone;

import dev.anneal.standalone.demo.Demo;
import dev.anneal.standalone.demo.Narrator;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "demo",
    description = {
      "Run the whole loop on simulated plants, or on NASA's turbofan data, and tell what happens.",
      "With --once the last line is a JSON object of what was counted on Kafka."
    },
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  /// Event time runs fast here, so alerts of one machine park are grouped by the day.
  private static final List<String> SETTINGS = List.of("anneal.notifier.alert-window=1d");

  enum Replay {
    cmapss
  }

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--once", description = "End when the story is complete.")
  private boolean once;

  @Option(
      names = "--replay",
      description = "Replay real data instead of simulating: ${COMPLETION-CANDIDATES}.")
  private @Nullable Replay replay;

  @Option(names = "--data", description = "Folder of the data to replay.")
  private @Nullable Path data;

  @Option(
      names = "--data-dir",
      description = "Keep everything here (default: a temporary directory, removed).")
  private @Nullable Path dataDirectory;

  @Option(
      names = "--day",
      description = "Wall-clock time of a day of event time (default: ${DEFAULT-VALUE}).",
      defaultValue = "PT2S")
  private Duration day = Duration.ofSeconds(2);

  @Option(
      names = "--limit",
      description = "Fail when the story takes longer (default: ${DEFAULT-VALUE}).",
      defaultValue = "PT5M")
  private Duration limit = Duration.ofMinutes(5);

  @Override
  public Integer call() throws Exception {
    if ((replay == null) != (data == null)) {
      throw new ParameterException(spec.commandLine(), "--replay and --data go together");
    }
    var narrator = new Narrator(System.out);
    var stopped = new AtomicBoolean();
    var finished = new CountDownLatch(1);
    Place.onInterrupt(() -> stopped.set(true), finished);
    Path kept = dataDirectory;
    Path directory = kept == null ? Files.createTempDirectory("anneal-demo") : kept;
    Place.logInto(directory);
    boolean done = false;
    try {
      Map<String, Object> summary;
      try (var anneal =
          Standalone.start(directory, Place.registryHome(), SETTINGS, narrator::say)) {
        var settings = new Demo.Settings(once, data, day, limit);
        summary = new Demo(anneal, settings, narrator, InstantSource.system()).run(stopped::get);
      }
      System.out.println(Demo.json(summary));
      done = true;
      return 0;
    } finally {
      if (!done) {
        spec.commandLine()
            .getErr()
            .println("anneal: what happened is in " + directory.resolve("anneal.log"));
      } else if (kept == null) {
        delete(directory);
      }
      finished.countDown();
    }
  }

  private static void delete(Path directory) throws IOException {
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
              throws IOException {
            Files.deleteIfExists(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
