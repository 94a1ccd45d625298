package dev.anneal.deployer;

import dev.anneal.modelstore.ArtifactKey;
import dev.anneal.modelstore.ArtifactStore;
import dev.anneal.modelstore.EvaluationRows;
import dev.anneal.modelstore.GoldenRows;
import dev.anneal.modelstore.ModelCard;
import dev.anneal.modelstore.Stump;
import dev.anneal.schemas.ModelKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// A real artifact with the smallest model there is: one split of the temperature; hot is
/// `probability`, cool is 1 − `probability`, missing is cool.
///
/// @param splitAt value of the first column from which on a failure is predicted
record TinyModel(
    ModelKey key, String version, float splitAt, double probability, List<String> columns) {
  TinyModel(ModelKey key, String version, float splitAt, double probability) {
    this(key, version, splitAt, probability, FEATURES);
  }

  static final ModelKey PUMP = new ModelKey("acme", "pump-failure");
  static final List<String> FEATURES = List.of("temperature", "pressure");
  private static final int ROWS = 600;

  static TinyModel of(String version, double splitAt, double probability) {
    return new TinyModel(PUMP, version, (float) splitAt, probability);
  }

  /// Writes the artifact.
  VersionRef storeIn(ArtifactStore store) {
    return storeIn(store, files());
  }

  VersionRef storeIn(ArtifactStore store, Map<String, byte[]> files) {
    var stored = store.write(new ArtifactKey(key.organization(), key.model(), version), files);
    return new VersionRef(key, version, stored.uri(), stored.manifestSha256(), columns, NO_PROFILE);
  }

  static final VersionRef.ReferenceProfile NO_PROFILE = new VersionRef.ReferenceProfile() {};

  Map<String, byte[]> files() {
    var files = new TreeMap<String, byte[]>();
    files.put("model.onnx", onnx());
    files.put(ModelCard.FILE, card().toBytes());
    files.put(EvaluationRows.FILE, evaluationRows().toBytes());
    files.put(GoldenRows.FILE, goldenRows(0).toBytes());
    return files;
  }

  float score(float temperature) {
    return (float) (temperature >= splitAt ? probability : 1 - probability);
  }

  /// What is true: above 50 degrees a failure follows, in 19 of 20 cases.
  EvaluationRows evaluationRows() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(7);
    var features = new float[ROWS * 2];
    var labels = new float[ROWS];
    var scores = new float[ROWS];
    var assets = new ArrayList<String>();
    var times = new long[ROWS];
    for (int i = 0; i < ROWS; i++) {
      features[2 * i] = random.nextFloat(100);
      features[2 * i + 1] = random.nextFloat(10);
      labels[i] = (features[2 * i] >= 50) ^ (random.nextInt(20) == 0) ? 1 : 0;
      scores[i] = score(features[2 * i]);
      assets.add("pump-" + i % 3);
      times[i] = 1_000_000L * i;
    }
    return new EvaluationRows(2, features, labels, scores, assets, times);
  }

  GoldenRows goldenRows(float error) {
    float[] features = {10, 1, 49, 2, 51, 3, 90, 4};
    float[] scores = {score(10), score(49), score(51), score(90) + error};
    return new GoldenRows(2, features, scores);
  }

  private ModelCard card() {
    return new ModelCard(
        key.organization(),
        key.model(),
        version,
        "binary",
        columns,
        new ModelCard.Features(FEATURES, List.of(), List.of()),
        null,
        0.5,
        Map.of("accuracy", .95),
        Map.of(),
        new ModelCard.Provenance(
            "request", List.of(), 0, 0, 0, ROWS, ROWS / 2, ROWS, Map.of(), Map.of(), "25", "linux",
            "amd64"));
  }

  byte[] onnx() {
    float margin = (float) Math.log(probability / (1 - probability));
    return Stump.model(columns, splitAt, margin).build().toByteArray();
  }
}
