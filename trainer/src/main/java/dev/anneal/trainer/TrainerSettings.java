package dev.anneal.trainer;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// @param runsAtOnce trainings at a time in this process; one per model in all
/// @param timeLimit of one attempt
/// @param retryDelays before the first, second, … retry
/// @param memory heap of a training process; as much again may be native
/// @param threads of XGBoost; 0: all cores but one
/// @param dataset largest dataset, features as float32
/// @param workDirectory for datasets and temporary files, deleted after each attempt; native
///     libraries are loaded from it. Its default is in `trainer.yml`, where placeholders resolve
/// @param seed of everything random in a training
/// @param sole no other trainer uses the database: what one before left running goes on at the
///     start, and not when its lease ends
/// @param minimumTrainingRows fewest rows with a known label to train on
/// @param minimumTrainingPositives fewest of them with a failure, and fewest without
/// @param minimumValidationRows fewest rows to validate on
/// @param minimumValidationPositives fewest of them with a failure, and fewest without
@ConfigurationProperties("anneal.trainer")
record TrainerSettings(
    @DefaultValue("2") int runsAtOnce,
    @DefaultValue("2h") Duration timeLimit,
    @DefaultValue({"5m", "15m", "45m"}) List<Duration> retryDelays,
    @DefaultValue("1GB") DataSize memory,
    @DefaultValue("0") int threads,
    @DefaultValue("384MB") DataSize dataset,
    Path workDirectory,
    @DefaultValue("false") boolean sole,
    @DefaultValue("1") long seed,
    @DefaultValue("100") int minimumTrainingRows,
    @DefaultValue("10") int minimumTrainingPositives,
    @DefaultValue("50") int minimumValidationRows,
    @DefaultValue("5") int minimumValidationPositives) {
  private static final DataSize MOST_MEMORY = DataSize.ofGigabytes(2);
  private static final Duration LONGEST = Duration.ofDays(7);

  TrainerSettings {
    retryDelays = List.copyOf(retryDelays);
    Objects.requireNonNull(workDirectory, "anneal.trainer.work-directory must be set");
    require(runsAtOnce >= 1 && runsAtOnce <= 64, "runs-at-once", "[1, 64]", runsAtOnce);
    require(isWithin(timeLimit), "time-limit", "(0, 7 d]", timeLimit);
    require(
        !retryDelays.isEmpty() && retryDelays.stream().allMatch(TrainerSettings::isWithin),
        "retry-delays",
        "(0, 7 d], at least one",
        retryDelays);
    require(
        memory.toBytes() > 0 && memory.compareTo(MOST_MEMORY) <= 0,
        "memory",
        "(0, 2 GB]",
        megabytes(memory));
    require(threads >= 0 && threads <= 256, "threads", "[0, 256]", threads);
    // the training rows lie once on the heap
    require(
        dataset.toBytes() > 0 && dataset.toBytes() <= memory.toBytes() / 2,
        "dataset",
        "(0, anneal.trainer.memory / 2]",
        megabytes(dataset));
    require(minimumTrainingRows >= 2, "minimum-training-rows", "[2, …)", minimumTrainingRows);
    require(
        minimumTrainingPositives >= 1,
        "minimum-training-positives",
        "[1, …)",
        minimumTrainingPositives);
    require(minimumValidationRows >= 2, "minimum-validation-rows", "[2, …)", minimumValidationRows);
    require(
        minimumValidationPositives >= 1,
        "minimum-validation-positives",
        "[1, …)",
        minimumValidationPositives);
  }

  private static boolean isWithin(Duration duration) {
    return duration.isPositive() && duration.compareTo(LONGEST) <= 0;
  }

  private static String megabytes(DataSize size) {
    return size.toMegabytes() + " MB";
  }

  private static void require(boolean condition, String property, String bound, Object value) {
    if (!condition) {
      throw new IllegalArgumentException(
          "anneal.trainer.%s must be in %s, was %s".formatted(property, bound, value));
    }
  }
}
