package dev.anneal.bench.retraining;

import dev.anneal.bench.Goal;
import dev.anneal.bench.Progress;
import dev.anneal.bench.Report;
import dev.anneal.bench.Scale;
import dev.anneal.bench.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Test, then train: the accuracy that each way of retraining reaches, and what it costs.
public final class RetrainingBench {
  private static final int EVERY = 1_000;
  private static final int NEWEST = 5_000;

  private final Scale scale;
  private final @Nullable Path weather;
  private final Report report = new Report("anneal bench retraining");

  /// @param weather folder of NOAA's data; null leaves it out
  public RetrainingBench(Scale scale, @Nullable Path weather) {
    this.scale = scale;
    this.weather = weather;
  }

  /// What a strategy reached.
  private record Score(double accuracy, int trainings, int promotions) {}

  private interface Choice {
    Strategy of(LabelledStream stream, Trainer trainer, Version first, int row);
  }

  public Report run() throws IOException {
    var table =
        report.table(
            "Accuracy, tested on each row before it is learnt",
            "stream",
            "retraining",
            "accuracy",
            "trainings",
            "promoted");
    var sea = LabelledStream.sea(scale.choose(20_000, 50_000), 1);
    var seaScore = compare(sea, scale.choose(2_000, 5_000), table);
    if (scale == Scale.FULL) {
      goals("SEA", .879, 17, seaScore);
    }
    if (weather == null) {
      report.note(
          "Weather is skipped: --data names the folder with weather.csv or weather.csv.gz.");
    } else if (!Files.isDirectory(weather)) {
      report.note("No weather data in %s (--data): not measured.".formatted(weather));
    } else {
      goals("weather", .797, 15, compare(LabelledStream.weather(weather), EVERY, table));
    }
    return report;
  }

  private void goals(String stream, double accuracy, int trainings, Score score) {
    report.goal(Goal.atLeast("accuracy of the policy, " + stream, "", accuracy, score.accuracy()));
    report.goal(
        Goal.atMost("trainings of the policy, " + stream, "", trainings, score.trainings()));
  }

  /// @return the policy's
  private Score compare(LabelledStream stream, int firstRows, Table table) throws IOException {
    add(stream, "never", table, measure(stream, firstRows, (_, _, _, _) -> Strategy.never()));
    var periodic = measure(stream, firstRows, (_, trainer, _, _) -> Strategy.every(EVERY, trainer));
    add(stream, "every %d rows, on all".formatted(EVERY), table, periodic);
    Choice newest = (_, trainer, _, _) -> Strategy.every(EVERY, NEWEST, stream, trainer);
    String name = "every %d rows, on the last %d".formatted(EVERY, NEWEST);
    add(stream, name, table, measure(stream, firstRows, newest));
    var policy = measure(stream, firstRows, PolicyStrategy::new);
    add(stream, "Anneal's policy and gate", table, policy);
    return policy;
  }

  private static void add(LabelledStream stream, String strategy, Table table, Score score) {
    Progress.say(
        "%s, %s: accuracy %.4f, %d trainings",
        stream.name(), strategy, score.accuracy(), score.trainings());
    table.add(stream.name(), strategy, score.accuracy(), score.trainings(), score.promotions());
  }

  /// Trainings count without the first, which all have.
  private static Score measure(LabelledStream stream, int firstRows, Choice choice)
      throws IOException {
    var trainer = new Trainer(stream);
    var serving = Objects.requireNonNull(trainer.train(firstRows, null), "a first model");
    var strategy = choice.of(stream, trainer, serving, firstRows);
    int right = 0;
    int promotions = 0;
    for (int row = firstRows; row < stream.rows(); row++) {
      boolean isRight = serving.isRight(stream.features()[row], stream.labels()[row]);
      right += isRight ? 1 : 0;
      var next = strategy.learn(row, isRight);
      if (next != null) {
        serving.close();
        serving = next;
        promotions++;
      }
    }
    serving.close();
    return new Score(
        right / (double) (stream.rows() - firstRows), trainer.trainings() - 1, promotions);
  }
}
