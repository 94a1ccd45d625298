package dev.anneal.trainer.xgboost;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import com.google.protobuf.ByteString;
import java.util.List;
import java.util.stream.Stream;

/// The attributes of ONNX's tree ensembles: parallel lists over the nodes of all trees, and over
/// what their leaves say.
final class TreeNodes {
  private static final ByteString LESS = ByteString.copyFromUtf8("BRANCH_LT");
  private static final ByteString LEAF = ByteString.copyFromUtf8("LEAF");

  private final AttributeProto.Builder treeIds = ints("nodes_treeids");
  private final AttributeProto.Builder nodeIds = ints("nodes_nodeids");
  private final AttributeProto.Builder featureIds = ints("nodes_featureids");
  private final AttributeProto.Builder values = floats("nodes_values");
  private final AttributeProto.Builder modes =
      AttributeProto.newBuilder().setName("nodes_modes").setType(AttributeType.STRINGS);
  private final AttributeProto.Builder trueIds = ints("nodes_truenodeids");
  private final AttributeProto.Builder falseIds = ints("nodes_falsenodeids");
  private final AttributeProto.Builder missingTrue = ints("nodes_missing_value_tracks_true");
  private final AttributeProto.Builder leafTreeIds;
  private final AttributeProto.Builder leafNodeIds;
  private final AttributeProto.Builder leafIds;
  private final AttributeProto.Builder leafWeights;

  /// @param leaves what they say: `class` of a classifier, `target` of a regressor
  TreeNodes(String leaves) {
    this.leafTreeIds = ints(leaves + "_treeids");
    this.leafNodeIds = ints(leaves + "_nodeids");
    this.leafIds = ints(leaves + "_ids");
    this.leafWeights = floats(leaves + "_weights");
  }

  static AttributeProto.Builder ints(String name) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.INTS);
  }

  static AttributeProto.Builder floats(String name) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.FLOATS);
  }

  void addSplit(
      int tree,
      int node,
      int feature,
      float threshold,
      int below,
      int above,
      boolean missingBelow) {
    addNode(tree, node, LESS);
    featureIds.addInts(feature);
    values.addFloats(threshold);
    trueIds.addInts(below);
    falseIds.addInts(above);
    missingTrue.addInts(missingBelow ? 1 : 0);
  }

  /// What it says follows with [#addWeight].
  void addLeaf(int tree, int node) {
    addNode(tree, node, LEAF);
    featureIds.addInts(0);
    values.addFloats(0);
    trueIds.addInts(0);
    falseIds.addInts(0);
    missingTrue.addInts(0);
  }

  /// @param id of the class or target
  void addWeight(int tree, int node, int id, float weight) {
    leafTreeIds.addInts(tree);
    leafNodeIds.addInts(node);
    leafIds.addInts(id);
    leafWeights.addFloats(weight);
  }

  private void addNode(int tree, int node, ByteString mode) {
    treeIds.addInts(tree);
    nodeIds.addInts(node);
    modes.addStrings(mode);
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
            leafTreeIds,
            leafNodeIds,
            leafIds,
            leafWeights)
        .map(AttributeProto.Builder::build)
        .toList();
  }
}
