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
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/// The artifact of a training: the model that serves, as ONNX equal to XGBoost's, and what is said
/// of it. Metrics, decision threshold and the distribution of scores are of the validation rows, by
/// the model that was trained without them.
final class ArtifactFiles {
  private final TrainingTask task;
  private final Dataset data;
  private final Split split;
  private final Trained trained;

  ArtifactFiles(TrainingTask task, Dataset data, Split split, Trained trained) {
    this.task = task;
    this.data = data;
    this.split = split;
    this.trained = trained;
  }

  /// By name.
  Map<String, byte[]> all() {
    var metrics = new Metrics(trained.heldOutScores(), data.labels(split.validation()));
    double threshold = metrics.bestThreshold();
    var model = trained.model();
    var scaling = trained.scaling();
    float[] golden =
        GoldenSample.of(data.features(split.validation()), data.width(), model, scaling);
    float[] goldenScores = Learner.scores(model, scaling.scaled(golden.clone()), data.width());
    var goldenRows = new GoldenRows(data.width(), golden, goldenScores);
    byte[] onnx = OnnxExport.of(model, scaling, metadata(threshold));
    double parity = requireParity(onnx, goldenRows, threshold);
    var importance = Learner.importance(model, task.featureNames());
    var card = card(metrics, threshold, importance, parity);
    var reference = new Reference(data, trained.candidate().refit());
    var files = new HashMap<String, byte[]>();
    files.put("model.onnx", onnx);
    files.put("model.json", model.toBytes());
    files.put(ModelCard.FILE, card.toBytes());
    files.put("metrics.json", json(card.metrics()));
    files.put("training_config.json", json(task));
    files.put("provenance.json", json(card.provenance()));
    files.put(ProfileJson.FILE, json(profile(reference, threshold, importance)));
    files.put(Reference.SKETCHES, json(reference.sketches(task.featureNames())));
    files.put(GoldenRows.FILE, goldenRows.toBytes());
    var evaluation = EvaluationSample.of(data, split.validation(), trained.heldOutScores());
    files.put(EvaluationRows.FILE, evaluation.toBytes());
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

  private Map<String, String> metadata(double threshold) {
    var names = json(task.featureNames());
    return Map.ofEntries(
        Map.entry("model.name", task.key().model()),
        Map.entry("model.version", task.key().version()),
        Map.entry("org", task.key().organization()),
        Map.entry("request_id", task.requestId()),
        Map.entry("feature_names", new String(names, StandardCharsets.UTF_8)),
        Map.entry("feature_schema_hash", Digests.sha256(names)),
        Map.entry("training_data_hash", data.digest()),
        Map.entry("objective", trained.model().objective()),
        Map.entry("threshold", Double.toString(threshold)),
        Map.entry("trained_at", instant(task.trainedAtMicros())),
        Map.entry("xgboost_version", Learner.version()),
        Map.entry("producer", "anneal"));
  }

  private static String instant(long micros) {
    return Micros.toInstant(micros).toString();
  }

  private ModelCard card(
      Metrics metrics, double threshold, Map<String, Double> importance, double parity) {
    int[] rows = trained.candidate().refit();
    var values = metrics.at(threshold);
    values.put("parityMaxDelta", parity);
    values.put("rounds", (double) trained.rounds());
    var settings = new TreeMap<String, String>();
    trained
        .parameters()
        .forEach((name, value) -> settings.put("xgboost." + name, String.valueOf(value)));
    settings.put("rounds", Integer.toString(trained.rounds()));
    settings.put("candidate", trained.candidate().name());
    settings.put(
        "candidates", split.candidates().stream().map(Candidate::name).toList().toString());
    settings.put("rowsBeforeValidation", Integer.toString(trained.candidate().rows().length));
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
        trained.scaling().card(),
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
            Trained.positives(data.labels(rows)),
            split.validation().length,
            settings,
            Map.of("xgboost4j", Learner.version(), "onnx", "ai.onnx.ml 3"),
            Runtime.version().toString(),
            System.getProperty("os.name", ""),
            System.getProperty("os.arch", "")));
  }

  /// Scores are profiled as of the held-out rows: of rows it was trained on, a model is too sure.
  private ProfileJson profile(
      Reference reference, double threshold, Map<String, Double> importance) {
    double[] shares =
        task.featureNames().stream().mapToDouble(n -> importance.getOrDefault(n, 0.0)).toArray();
    var heldOut = new Reference(data, split.validation());
    float[] scores = trained.heldOutScores();
    float[] newest = Arrays.copyOfRange(scores, scores.length - heldOut.size(), scores.length);
    var profile =
        ReferenceProfile.build(task.featureNames(), shares, reference, null, reference.labels())
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

  private static byte[] json(Object value) {
    try {
      return TrainingTask.JSON.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("%s is always JSON".formatted(value.getClass()), e);
    }
  }
}
