package dev.anneal.trainer.xgboost;

import dev.anneal.modelstore.Metrics;
import dev.anneal.trainer.xgboost.Split.Candidate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Map;

/// One training from dataset to artifact: split, train each candidate without the validation rows,
/// keep the one that scores them better, then train it again, as many rounds, with them. The first
/// model is judged, the second serves (decision 007).
final class Training {
  /// Told how far it is.
  interface Progress {
    void at(String phase, long done, long of);
  }

  private static final int PROGRESS_STEPS = 4;

  private final TrainingTask task;
  private final Progress progress;

  Training(TrainingTask task, Progress progress) {
    this.task = task;
    this.progress = progress;
  }

  /// A candidate's model of so many rounds, by its scores of the validation rows.
  private record Judged(Candidate candidate, int rounds, float[] scores) {}

  /// @param directory with the dataset
  /// @return the artifact's files by name
  Map<String, byte[]> run(Path directory) throws IOException {
    var hyper = Hyperparameters.of(task.hyperparameters());
    try (var data = Dataset.open(directory)) {
      var range =
          new Split.Range(task.changeMicros(), task.toMicros(), task.includesBeforeChange());
      var split = Split.plan(data, task.horizonMicros(), range, task.minimums());
      var kept = best(data, split, hyper);
      progress.at("exporting", 0, 1);
      var files = new ArtifactFiles(task, data, split, refit(data, kept, hyper)).all();
      progress.at("exporting", 1, 1);
      return files;
    }
  }

  /// Of those whose rows show the regimes that are asked for.
  ///
  /// @throws TrainingFailure `no-regimes` when none does
  private Judged best(Dataset data, Split split, Hyperparameters hyper) {
    float[] validation = data.features(split.validation());
    float[] labels = data.labels(split.validation());
    var judged = new ArrayList<Judged>();
    var withoutRegimes = new ArrayList<TrainingFailure>();
    for (var candidate : split.candidates()) {
      int base = (judged.size() + withoutRegimes.size()) * hyper.rounds();
      int total = split.candidates().size() * hyper.rounds();
      int step = Math.max(1, total / PROGRESS_STEPS);
      Learner.Progress rounds =
          (done, _) -> {
            if ((base + done) % step == 0) {
              progress.at("training", base + done, total);
            }
          };
      try {
        judged.add(judge(data, candidate, validation, labels, hyper, rounds));
      } catch (TrainingFailure e) {
        if (!e.code().equals(RegimeScaling.NO_REGIMES)) {
          throw e;
        }
        withoutRegimes.add(e);
      }
    }
    // the first of equals: rows since a change stand before all rows
    return judged.stream()
        .min(Comparator.comparingDouble(j -> new Metrics(j.scores(), labels).logLoss()))
        .orElseThrow(withoutRegimes::getFirst);
  }

  private Judged judge(
      Dataset data,
      Candidate candidate,
      float[] validation,
      float[] validationLabels,
      Hyperparameters hyper,
      Learner.Progress rounds) {
    float[] features = data.features(candidate.rows());
    float[] labels = data.labels(candidate.rows());
    var scaling = RegimeScaling.learn(task, features);
    float[] seen = scaling.scaled(validation.clone());
    try (var learner = new Learner(seen, validationLabels, data.width())) {
      var fitted =
          learner.fit(scaling.scaled(features), labels, parameters(labels, hyper), hyper, rounds);
      float[] scores = Learner.scores(fitted.model(), seen, data.width());
      return new Judged(candidate, fitted.rounds(), scores);
    }
  }

  private Trained refit(Dataset data, Judged kept, Hyperparameters hyper) {
    float[] features = data.features(kept.candidate().refit());
    float[] labels = data.labels(kept.candidate().refit());
    var scaling = RegimeScaling.learn(task, features);
    var parameters = parameters(labels, hyper);
    var model =
        Learner.fit(scaling.scaled(features), labels, data.width(), parameters, kept.rounds());
    return new Trained(kept.candidate(), kept.rounds(), kept.scores(), scaling, parameters, model);
  }

  private Map<String, Object> parameters(float[] labels, Hyperparameters hyper) {
    return hyper.forXgboost(Trained.positives(labels), labels.length, task.threads(), task.seed());
  }
}
