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

/// An XGBoost model as one ONNX graph: a TreeEnsembleClassifier with skl2onnx's names,
/// `float_input` in, `label` and `probabilities` out. Comparisons stay XGBoost's (`x < t` in
/// float32), a missing value takes XGBoost's default side. Where the booster sees features relative
/// to operating regimes, a [RegimeGraph] stands before it.
final class OnnxExport {
  private static final int IR_VERSION = 8; // with these operator sets it loads everywhere
  private static final int ML_OPSET = 3;
  private static final int OPSET = 15;

  private static final String INPUT = "float_input";
  private static final String Z_SCORES = "z_scores";

  private OnnxExport() {}

  /// @param metadata about the model; never secrets
  static byte[] of(TreeModel model, RegimeScaling scaling, Map<String, String> metadata) {
    int width = model.features();
    var regimes =
        scaling.regimes().map(found -> new RegimeGraph(found, width).nodes(INPUT, Z_SCORES));
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
                    .addInput(value(INPUT, TensorProto.DataType.FLOAT, width))
                    .addOutput(value("label", TensorProto.DataType.INT64, 0))
                    .addOutput(value("probabilities", TensorProto.DataType.FLOAT, 2))
                    .addAllNode(regimes.orElse(List.of()))
                    .addNode(classifier(model, regimes.isPresent() ? Z_SCORES : INPUT)));
    for (var entry : new TreeMap<>(metadata).entrySet()) {
      onnx.addMetadataProps(
          StringStringEntryProto.newBuilder().setKey(entry.getKey()).setValue(entry.getValue()));
    }
    return onnx.build().toByteArray();
  }

  private static NodeProto classifier(TreeModel model, String input) {
    var nodes = new TreeNodes("class");
    var trees = model.trees();
    for (int tree = 0; tree < trees.size(); tree++) {
      addTree(tree, trees.get(tree), nodes);
    }
    float base = model.baseScore();
    return NodeProto.newBuilder()
        .setName("classifier")
        .setOpType("TreeEnsembleClassifier")
        .setDomain("ai.onnx.ml")
        .addInput(input)
        .addOutput("label")
        .addOutput("probabilities")
        .addAllAttribute(nodes.attributes())
        // one margin for two labels: ONNX Runtime takes it for the positive one's
        .addAttribute(TreeNodes.ints("classlabels_int64s").addInts(0).addInts(1))
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

  /// Nodes that pruning left behind are not reachable and stay out.
  private static void addTree(int id, TreeModel.Tree tree, TreeNodes nodes) {
    boolean[] reached = new boolean[tree.left().length];
    reached[0] = true;
    for (int node = 0; node < reached.length; node++) {
      if (reached[node]) {
        addNode(id, node, tree, nodes);
        if (!tree.isLeaf(node)) {
          reached[tree.left()[node]] = true; // children come after their parent
          reached[tree.right()[node]] = true;
        }
      }
    }
  }

  private static void addNode(int id, int node, TreeModel.Tree tree, TreeNodes nodes) {
    float condition = tree.conditions()[node];
    if (tree.isLeaf(node)) {
      nodes.addLeaf(id, node);
      nodes.addWeight(id, node, 0, condition);
    } else {
      nodes.addSplit(
          id,
          node,
          tree.features()[node],
          condition,
          tree.left()[node],
          tree.right()[node],
          tree.missingLeft()[node]);
    }
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
}
