package dev.anneal.bench;

import dev.anneal.bench.drift.DriftBench;
import dev.anneal.bench.features.FeaturesBench;
import dev.anneal.bench.retraining.RetrainingBench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The command line. Exit codes: 0 measured, whatever the goals; 1 the benchmark itself failed; 2
/// wrong usage.
@Command(
    name = "anneal bench",
    description = "Measure Anneal beside its peers (docs/benchmarks.md).",
    mixinStandardHelpOptions = true,
    subcommands = {Bench.Features.class, Bench.Drift.class, Bench.Retraining.class})
public final class Bench {
  public static void main(String[] arguments) {
    // native libraries' threads may linger: the exit code is the answer
    System.exit(new CommandLine(new Bench()).execute(arguments));
  }

  /// What every benchmark is asked.
  static final class Output {
    @Option(names = "--quick", description = "A smaller, honest version in under a minute.")
    private boolean quick;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the report as JSON too.")
    private @Nullable Path json;

    Scale scale() {
      return quick ? Scale.QUICK : Scale.FULL;
    }

    void write(Report report) throws IOException {
      System.out.print(report.markdown());
      if (json != null) {
        Files.writeString(json, report.json());
      }
    }
  }

  @Command(
      name = "features",
      description =
          "Feature streams on one broker: Anneal's beside loops, Kafka Streams and Flink.",
      mixinStandardHelpOptions = true)
  static final class Features implements Callable<Integer> {
    @Mixin private Output output = new Output();

    @Option(
        names = "--dir",
        description = "Work here and keep the logs (default: a temporary directory, removed).")
    private @Nullable Path directory;

    @Override
    public Integer call() throws IOException {
      Path own = directory == null ? Files.createTempDirectory("anneal-bench") : directory;
      output.write(new FeaturesBench(output.scale(), own).run());
      if (directory == null) {
        delete(own);
      }
      return 0;
    }

    private static void delete(Path directory) throws IOException {
      try (var files = Files.walk(directory)) {
        for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  @Command(
      name = "drift",
      description = "False and missed alarms of the drift verdict and of detectors.",
      mixinStandardHelpOptions = true)
  static final class Drift implements Callable<Integer> {
    @Mixin private Output output = new Output();

    @Override
    public Integer call() throws IOException {
      output.write(new DriftBench(output.scale()).run());
      return 0;
    }
  }

  @Command(
      name = "retraining",
      description = "Accuracy and trainings: Anneal's policy, a schedule, one model for ever.",
      mixinStandardHelpOptions = true)
  static final class Retraining implements Callable<Integer> {
    @Mixin private Output output = new Output();

    @Option(
        names = "--data",
        paramLabel = "DIRECTORY",
        description =
            "Folder of NOAA's weather.csv or weather.csv.gz; without it weather is skipped.")
    private @Nullable Path weather;

    @Override
    public Integer call() throws IOException {
      output.write(new RetrainingBench(output.scale(), weather).run());
      return 0;
    }
  }
}
