package dev.anneal.modelstore;

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

/// The smallest model there is: one split of the first of two columns; missing goes left. Left has
/// the negative margin, right the positive one.
public final class Stump {
  private Stump() {}

  static byte[] bytes() {
    return model().build().toByteArray();
  }

  static ModelProto.Builder model() {
    return model(List.of("temperature", "pressure"), 50, 1);
  }

  public static ModelProto.Builder model(List<String> columns, float splitAt, float margin) {
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
                .setName("stump")
                .addInput(value("float_input", TensorProto.DataType.FLOAT, 2))
                .addOutput(value("label", TensorProto.DataType.INT64, 0))
                .addOutput(value("probabilities", TensorProto.DataType.FLOAT, 2))
                .addNode(tree(splitAt, margin)));
  }

  static NodeProto.Builder tree() {
    return tree(50, 1);
  }

  private static NodeProto.Builder tree(float splitAt, float margin) {
    return NodeProto.newBuilder()
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
  }

  static ValueInfoProto value(String name, TensorProto.DataType type, int width) {
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
