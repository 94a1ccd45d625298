package dev.anneal.standalone;

import dev.anneal.standalone.demo.CmapssData;
import dev.anneal.standalone.demo.Demo;
import dev.anneal.standalone.demo.Narrator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.util.FileSystemUtils;
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

  private static final int MOST_DELETIONS = 20;

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
      defaultValue = "2s",
      converter = DurationConverter.class)
  private Duration day = Duration.ofSeconds(2);

  @Option(
      names = "--limit",
      description = "Fail when nothing moves for so long (default: ${DEFAULT-VALUE}).",
      defaultValue = "2m",
      converter = DurationConverter.class)
  private Duration limit = Duration.ofMinutes(2);

  @Override
  public Integer call() throws Exception {
    if ((replay == null) != (data == null)) {
      throw new ParameterException(spec.commandLine(), "--replay and --data go together");
    }
    var replayed = data == null ? null : CmapssData.read(data);
    var settings = new Demo.Settings(once, replayed, day, limit);
    var narrator = new Narrator(System.out);
    Path kept = dataDirectory;
    Path directory = kept == null ? Files.createTempDirectory("anneal-demo") : kept;
    Place.logInto(directory);
    var interruption =
        Interruption.handled(
            directory,
            narrator::say,
            () -> {
              if (kept == null) {
                delete(directory);
              }
            });
    boolean done = false;
    try {
      Map<String, Object> summary;
      try (var anneal =
          Standalone.start(directory, Place.registryHome(), SETTINGS, narrator::say)) {
        interruption.started(anneal);
        summary =
            new Demo(anneal, settings, narrator, InstantSource.system())
                .run(interruption::isRequested);
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
      interruption.finished();
    }
  }

  /// Again while something that is being stopped still writes.
  private static void delete(Path directory) {
    for (int i = 0; i < MOST_DELETIONS && Files.exists(directory); i++) {
      try {
        FileSystemUtils.deleteRecursively(directory);
      } catch (IOException _) {
        // a file came while its directory was being deleted
      }
    }
  }
}
