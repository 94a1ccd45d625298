package dev.anneal.trainer.xgboost;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.anneal.drift.PerformanceEstimator;
import dev.anneal.drift.ReferenceProfile;
import dev.anneal.modelstore.Digests;
import dev.anneal.modelstore.EvaluationRows;
import dev.anneal.modelstore.GoldenRows;
import dev.anneal.modelstore.Metrics;
import dev.anneal.modelstore.ModelCard;
import dev.anneal.modelstore.OnnxModel;
import dev.anneal.schemas.Micros;
import dev.anneal.trainer.xgboost.Split.Candidate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// One training from dataset to artifact: split, train each candidate, keep the better, choose the
/// threshold, export, compare, describe.
final class Training {
  /// Told how far it is.
  interface Progress {
    void at(String phase, long done, long of);
  }

  static final int MAX_EVALUATION_ROWS = 50_000;
  private static final int PROGRESS_STEPS = 4;

  private final TrainingTask task;
  private final Progress progress;

  Training(TrainingTask task, Progress progress) {
    this.task = task;
    this.progress = progress;
  }

  /// A candidate's model and its scores of the validation rows.
  private record Result(
      Candidate candidate,
      RegimeScaling scaling,
      Learner.Fitted fitted,
      Map<String, Object> parameters,
      float[] scores) {}

  /// @param directory with the dataset
  /// @return the artifact's files by name
  Map<String, byte[]> run(Path directory) throws IOException {
    var hyper = Hyperparameters.of(task.hyperparameters());
    try (var data = Dataset.open(directory)) {
      var range =
          new Split.Range(task.changeMicros(), task.toMicros(), task.includesBeforeChange());
      var split = Split.plan(data, task.horizonMicros(), range, task.minimums());
      float[] validation = data.features(split.validation());
      float[] labels = data.labels(split.validation());
      Result kept = best(data, split, validation, labels, hyper);
      progress.at("exporting", 0, 1);
      var files = artifact(data, split, validation, labels, kept);
      progress.at("exporting", 1, 1);
      return files;
    }
  }

  private Result best(
      Dataset data, Split split, float[] validation, float[] labels, Hyperparameters hyper) {
    var results = new ArrayList<Result>();
    for (var candidate : split.candidates()) {
      int base = results.size() * hyper.rounds();
      int total = split.candidates().size() * hyper.rounds();
      int step = Math.max(1, total / PROGRESS_STEPS);
      Learner.Progress rounds =
          (done, _) -> {
            if ((base + done) % step == 0) {
              progress.at("training", base + done, total);
            }
          };
      results.add(fit(data, candidate, validation, labels, hyper, rounds));
    }
    // the first of equals: rows since a change stand before all rows
    return results.stream()
        .min(Comparator.comparingDouble(r -> new Metrics(r.scores(), labels).logLoss()))
        .orElseThrow();
  }

  private Result fit(
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
    var parameters =
        hyper.forXgboost(positives(labels), labels.length, task.threads(), task.seed());
    try (var learner = new Learner(seen, validationLabels, data.width())) {
      var fitted = learner.fit(scaling.scaled(features), labels, parameters, hyper, rounds);
      float[] scores = Learner.scores(fitted.model(), seen, data.width());
      return new Result(candidate, scaling, fitted, parameters, scores);
    }
  }

  private Map<String, byte[]> artifact(
      Dataset data, Split split, float[] validation, float[] labels, Result kept) {
    var metrics = new Metrics(kept.scores(), labels);
    double threshold = metrics.bestThreshold();
    var model = kept.fitted().model();
    var scaling = kept.scaling();
    float[] golden = GoldenSample.of(validation, data.width(), model, scaling);
    float[] goldenScores = Learner.scores(model, scaling.scaled(golden.clone()), data.width());
    var goldenRows = new GoldenRows(data.width(), golden, goldenScores);
    byte[] onnx = OnnxExport.of(model, scaling, metadata(data, model, threshold));
    double parity = requireParity(onnx, goldenRows, threshold);
    var importance = Learner.importance(model, task.featureNames());
    var card = card(data, split, kept, metrics, threshold, importance, parity);
    var files = new HashMap<String, byte[]>();
    files.put("model.onnx", onnx);
    files.put("model.json", model.toBytes());
    files.put(ModelCard.FILE, card.toBytes());
    files.put("metrics.json", json(card.metrics()));
    files.put("training_config.json", json(task));
    files.put("provenance.json", json(card.provenance()));
    var reference = new Reference(data, kept.candidate().rows());
    var heldOut = new Reference(data, split.validation());
    files.put(
        ProfileJson.FILE, json(profile(reference, heldOut, kept.scores(), threshold, importance)));
    files.put(Reference.SKETCHES, json(reference.sketches(task.featureNames())));
    files.put(GoldenRows.FILE, goldenRows.toBytes());
    files.put(EvaluationRows.FILE, evaluationRows(data, split.validation()).toBytes());
    return files;
  }

  private static double requireParity(byte[] onnx, GoldenRows golden, double threshold) {
    try (var model = OnnxModel.load(onnx)) {
      double delta = golden.maxDelta(model);
      int labels = golden.labelDifferences(model, threshold);
      if (!(delta <= GoldenRows.TOLERANCE) || labels > 0) {
        throw new TrainingFailure(
            "parity-failed",
            "ONNX scores differ from XGBoost's by up to %s on %d golden rows (limit %s), %d labels differ"
                .formatted(delta, golden.count(), GoldenRows.TOLERANCE, labels));
      }
      return delta;
    }
  }

  private Map<String, String> metadata(Dataset data, TreeModel model, double threshold) {
    var names = json(task.featureNames());
    return Map.ofEntries(
        Map.entry("model.name", task.key().model()),
        Map.entry("model.version", task.key().version()),
        Map.entry("org", task.key().organization()),
        Map.entry("request_id", task.requestId()),
        Map.entry("feature_names", new String(names, StandardCharsets.UTF_8)),
        Map.entry("feature_schema_hash", Digests.sha256(names)),
        Map.entry("training_data_hash", data.digest()),
        Map.entry("objective", model.objective()),
        Map.entry("threshold", Double.toString(threshold)),
        Map.entry("trained_at", instant(task.trainedAtMicros())),
        Map.entry("xgboost_version", Learner.version()),
        Map.entry("producer", "anneal"));
  }

  private static String instant(long micros) {
    return Micros.toInstant(micros).toString();
  }

  private ModelCard card(
      Dataset data,
      Split split,
      Result kept,
      Metrics metrics,
      double threshold,
      Map<String, Double> importance,
      double parity) {
    int[] rows = kept.candidate().rows();
    var values = metrics.at(threshold);
    values.put("parityMaxDelta", parity);
    values.put("rounds", (double) kept.fitted().rounds());
    var settings = new TreeMap<String, String>();
    kept.parameters()
        .forEach((name, value) -> settings.put("xgboost." + name, String.valueOf(value)));
    settings.put("rounds", Integer.toString(kept.fitted().rounds()));
    settings.put("candidate", kept.candidate().name());
    settings.put(
        "candidates", split.candidates().stream().map(Candidate::name).toList().toString());
    settings.put("embargoSeconds", Long.toString(split.embargoMicros() / 1_000_000));
    settings.put("validationFrom", instant(split.validationFromMicros()));
    settings.put("countsEarlyPositives", Boolean.toString(split.countsEarly()));
    settings.put("trainingDataSha256", data.digest());
    settings.putAll(task.passedOver().settings());
    return new ModelCard(
        task.key().organization(),
        task.key().model(),
        task.key().version(),
        task.taskKind(),
        task.featureNames(),
        task.features(),
        kept.scaling().card(),
        threshold,
        values,
        importance,
        new ModelCard.Provenance(
            task.requestId(),
            task.dataCut(),
            task.asOfMicros(),
            data.eventTimeMicros(rows[0]),
            data.eventTimeMicros(split.validation()[split.validation().length - 1]),
            rows.length,
            positives(data.labels(rows)),
            split.validation().length,
            settings,
            Map.of("xgboost4j", Learner.version(), "onnx", "ai.onnx.ml 3"),
            Runtime.version().toString(),
            System.getProperty("os.name", ""),
            System.getProperty("os.arch", "")));
  }

  private ProfileJson profile(
      Reference trained,
      Reference heldOut,
      float[] scores,
      double threshold,
      Map<String, Double> importance) {
    double[] shares =
        task.featureNames().stream().mapToDouble(n -> importance.getOrDefault(n, 0.0)).toArray();
    float[] newest = Arrays.copyOfRange(scores, scores.length - heldOut.size(), scores.length);
    var profile =
        ReferenceProfile.build(task.featureNames(), shares, trained, null, trained.labels())
            .withScores(newest, heldOut);
    return ProfileJson.of(
        heldOut.size() < PerformanceEstimator.LEAST_ROWS
            ? profile
            : profile.withEstimator(
                PerformanceEstimator.fit(
                    doubles(newest), doubles(heldOut.labels()), threshold, heldOut)));
  }

  private static double[] doubles(float[] values) {
    var doubles = new double[values.length];
    Arrays.setAll(doubles, i -> values[i]);
    return doubles;
  }

  /// The validation rows, thinned evenly where they are too many.
  private static EvaluationRows evaluationRows(Dataset data, int[] validation) {
    int step = (validation.length + MAX_EVALUATION_ROWS - 1) / MAX_EVALUATION_ROWS;
    int[] rows =
        IntStream.range(0, validation.length)
            .filter(i -> i % step == 0)
            .map(i -> validation[i])
            .toArray();
    return new EvaluationRows(
        data.width(),
        data.features(rows),
        data.labels(rows),
        Arrays.stream(rows).mapToObj(data::assetName).toList(),
        Arrays.stream(rows).mapToLong(data::eventTimeMicros).toArray());
  }

  private static long positives(float[] labels) {
    long positives = 0;
    for (float label : labels) {
      positives += label == 1 ? 1 : 0;
    }
    return positives;
  }

  private static byte[] json(Object value) {
    try {
      return TrainingTask.JSON.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("%s is always JSON".formatted(value.getClass()), e);
    }
  }
}
