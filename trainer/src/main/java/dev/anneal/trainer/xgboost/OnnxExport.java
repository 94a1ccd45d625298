package dev.anneal.trainer.xgboost;

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
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// An XGBoost model as one ONNX graph: a TreeEnsembleClassifier with skl2onnx's names,
/// `float_input` in, `label` and `probabilities` out. Comparisons stay XGBoost's (`x < t` in
/// float32), a missing value takes XGBoost's default side.
final class OnnxExport {
  private static final int IR_VERSION = 8; // with these operator sets it loads everywhere
  private static final int ML_OPSET = 3;
  private static final int OPSET = 15;

  private OnnxExport() {}

  /// @param metadata about the model; never secrets
  static byte[] of(TreeModel model, Map<String, String> metadata) {
    var onnx =
        ModelProto.newBuilder()
            .setIrVersion(IR_VERSION)
            .setProducerName("anneal")
            .addOpsetImport(
                OperatorSetIdProto.newBuilder().setDomain("ai.onnx.ml").setVersion(ML_OPSET))
            .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET))
            .setGraph(
                GraphProto.newBuilder()
                    .setName("anneal")
                    .addInput(value("float_input", TensorProto.DataType.FLOAT, model.features()))
                    .addOutput(value("label", TensorProto.DataType.INT64, 0))
                    .addOutput(value("probabilities", TensorProto.DataType.FLOAT, 2))
                    .addNode(classifier(model)));
    for (var entry : new TreeMap<>(metadata).entrySet()) {
      onnx.addMetadataProps(
          StringStringEntryProto.newBuilder().setKey(entry.getKey()).setValue(entry.getValue()));
    }
    return onnx.build().toByteArray();
  }

  private static NodeProto classifier(TreeModel model) {
    var nodes = new Nodes();
    var trees = model.trees();
    for (int tree = 0; tree < trees.size(); tree++) {
      nodes.addTree(tree, trees.get(tree));
    }
    float base = model.baseScore();
    return NodeProto.newBuilder()
        .setName("classifier")
        .setOpType("TreeEnsembleClassifier")
        .setDomain("ai.onnx.ml")
        .addInput("float_input")
        .addOutput("label")
        .addOutput("probabilities")
        .addAllAttribute(nodes.attributes())
        // one margin for two labels: ONNX Runtime takes it for the positive one's
        .addAttribute(Nodes.ints("classlabels_int64s").addInts(0).addInts(1))
        // trees sum margins, and the base score is a probability
        .addAttribute(
            AttributeProto.newBuilder()
                .setName("base_values")
                .setType(AttributeType.FLOATS)
                .addFloats((float) -Math.log(1.0 / base - 1.0)))
        .addAttribute(
            AttributeProto.newBuilder()
                .setName("post_transform")
                .setType(AttributeType.STRING)
                .setS(ByteString.copyFromUtf8("LOGISTIC")))
        .build();
  }

  /// @param width 0 for a vector
  private static ValueInfoProto value(String name, TensorProto.DataType type, int width) {
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

  /// The attributes of a tree ensemble: parallel lists over the nodes of all trees, and over their
  /// leaves.
  private static final class Nodes {
    private final AttributeProto.Builder treeIds = ints("nodes_treeids");
    private final AttributeProto.Builder nodeIds = ints("nodes_nodeids");
    private final AttributeProto.Builder featureIds = ints("nodes_featureids");
    private final AttributeProto.Builder values = floats("nodes_values");
    private final AttributeProto.Builder modes =
        AttributeProto.newBuilder().setName("nodes_modes").setType(AttributeType.STRINGS);
    private final AttributeProto.Builder trueIds = ints("nodes_truenodeids");
    private final AttributeProto.Builder falseIds = ints("nodes_falsenodeids");
    private final AttributeProto.Builder missingTrue = ints("nodes_missing_value_tracks_true");
    private final AttributeProto.Builder classTreeIds = ints("class_treeids");
    private final AttributeProto.Builder classNodeIds = ints("class_nodeids");
    private final AttributeProto.Builder classIds = ints("class_ids");
    private final AttributeProto.Builder weights = floats("class_weights");

    private static final ByteString LESS = ByteString.copyFromUtf8("BRANCH_LT");
    private static final ByteString LEAF = ByteString.copyFromUtf8("LEAF");

    private static AttributeProto.Builder ints(String name) {
      return AttributeProto.newBuilder().setName(name).setType(AttributeType.INTS);
    }

    private static AttributeProto.Builder floats(String name) {
      return AttributeProto.newBuilder().setName(name).setType(AttributeType.FLOATS);
    }

    /// Nodes that pruning left behind are not reachable and stay out.
    void addTree(int id, TreeModel.Tree tree) {
      boolean[] reached = new boolean[tree.left().length];
      reached[0] = true;
      for (int node = 0; node < reached.length; node++) {
        if (reached[node] && !tree.isLeaf(node)) {
          reached[tree.left()[node]] = true; // children come after their parent
          reached[tree.right()[node]] = true;
        }
      }
      for (int node = 0; node < reached.length; node++) {
        if (reached[node]) {
          addNode(id, node, tree);
        }
      }
    }

    private void addNode(int id, int node, TreeModel.Tree tree) {
      boolean leaf = tree.isLeaf(node);
      treeIds.addInts(id);
      nodeIds.addInts(node);
      featureIds.addInts(leaf ? 0 : tree.features()[node]);
      values.addFloats(leaf ? 0 : tree.conditions()[node]);
      modes.addStrings(leaf ? LEAF : LESS);
      trueIds.addInts(leaf ? 0 : tree.left()[node]);
      falseIds.addInts(leaf ? 0 : tree.right()[node]);
      missingTrue.addInts(!leaf && tree.missingLeft()[node] ? 1 : 0);
      if (leaf) {
        classTreeIds.addInts(id);
        classNodeIds.addInts(node);
        classIds.addInts(0);
        weights.addFloats(tree.conditions()[node]);
      }
    }

    List<AttributeProto> attributes() {
      return Stream.of(
              treeIds,
              nodeIds,
              featureIds,
              values,
              modes,
              trueIds,
              falseIds,
              missingTrue,
              classTreeIds,
              classNodeIds,
              classIds,
              weights)
          .map(AttributeProto.Builder::build)
          .toList();
    }
  }
}
