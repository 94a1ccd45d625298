package dev.anneal.deployer;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import dev.anneal.modelstore.ArtifactKey;
import dev.anneal.modelstore.ArtifactStore;
import dev.anneal.modelstore.EvaluationRows;
import dev.anneal.modelstore.GoldenRows;
import dev.anneal.modelstore.ModelCard;
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
  static EvaluationRows evaluationRows() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(7);
    var features = new float[ROWS * 2];
    var labels = new float[ROWS];
    var assets = new ArrayList<String>();
    var times = new long[ROWS];
    for (int i = 0; i < ROWS; i++) {
      features[2 * i] = random.nextFloat(100);
      features[2 * i + 1] = random.nextFloat(10);
      labels[i] = (features[2 * i] >= 50) ^ (random.nextInt(20) == 0) ? 1 : 0;
      assets.add("pump-" + i % 3);
      times[i] = 1_000_000L * i;
    }
    return new EvaluationRows(2, features, labels, assets, times);
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
        0.5,
        Map.of("accuracy", .95),
        Map.of(),
        new ModelCard.Provenance(
            "request", List.of(), 0, 0, 0, ROWS, ROWS / 2, ROWS, Map.of(), Map.of(), "25", "linux",
            "amd64"));
  }

  byte[] onnx() {
    float margin = (float) Math.log(probability / (1 - probability));
    var tree =
        NodeProto.newBuilder()
            .setOpType("TreeEnsembleClassifier")
            .setDomain("ai.onnx.ml")
            .addInput("float_input")
            .addOutput("label")
            .addOutput("probabilities")
            .addAttribute(ints("nodes_treeids", 0, 0, 0))
            .addAttribute(ints("nodes_nodeids", 0, 1, 2))
            .addAttribute(ints("nodes_featureids", 0, 0, 0))
            .addAttribute(floats("nodes_values", splitAt, 0, 0))
            .addAttribute(strings("nodes_modes", "BRANCH_LT", "LEAF", "LEAF"))
            .addAttribute(ints("nodes_truenodeids", 1, 0, 0))
            .addAttribute(ints("nodes_falsenodeids", 2, 0, 0))
            .addAttribute(ints("nodes_missing_value_tracks_true", 1, 0, 0))
            .addAttribute(ints("class_treeids", 0, 0))
            .addAttribute(ints("class_nodeids", 1, 2))
            .addAttribute(ints("class_ids", 0, 0))
            .addAttribute(floats("class_weights", -margin, margin))
            .addAttribute(ints("classlabels_int64s", 0, 1))
            .addAttribute(
                AttributeProto.newBuilder()
                    .setName("post_transform")
                    .setType(AttributeType.STRING)
                    .setS(ByteString.copyFromUtf8("LOGISTIC")));
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("ai.onnx.ml").setVersion(3))
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(15))
        .addMetadataProps(
            StringStringEntryProto.newBuilder()
                .setKey("feature_names")
                .setValue("[\"" + String.join("\",\"", columns) + "\"]"))
        .setGraph(
            GraphProto.newBuilder()
                .setName("tiny")
                .addInput(tensor("float_input", TensorProto.DataType.FLOAT, 2))
                .addOutput(tensor("label", TensorProto.DataType.INT64, 0))
                .addOutput(tensor("probabilities", TensorProto.DataType.FLOAT, 2))
                .addNode(tree))
        .build()
        .toByteArray();
  }

  private static ValueInfoProto tensor(String name, TensorProto.DataType type, int width) {
    var shape =
        TensorShapeProto.newBuilder()
            .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("N"));
    if (width > 0) {
      shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(width));
    }
    var tensor = TypeProto.Tensor.newBuilder().setElemType(type.getNumber()).setShape(shape);
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }

  private static AttributeProto ints(String name, long... values) {
    var attribute = AttributeProto.newBuilder().setName(name).setType(AttributeType.INTS);
    for (long value : values) {
      attribute.addInts(value);
    }
    return attribute.build();
  }

  private static AttributeProto floats(String name, float... values) {
    var attribute = AttributeProto.newBuilder().setName(name).setType(AttributeType.FLOATS);
    for (float value : values) {
      attribute.addFloats(value);
    }
    return attribute.build();
  }

  private static AttributeProto strings(String name, String... values) {
    var attribute = AttributeProto.newBuilder().setName(name).setType(AttributeType.STRINGS);
    for (String value : values) {
      attribute.addStrings(ByteString.copyFromUtf8(value));
    }
    return attribute.build();
  }
}
