package dev.anneal.trainer.xgboost;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.anneal.features.Regimes;
import dev.anneal.features.ThresholdTree;
import java.util.List;

/// [Regimes] as ONNX nodes from features to z-scores: two trees with a target for each feature give
/// the means and the deviations of the row's regime, a subtraction and a division do the rest, in
/// float32 as Java does. A missing setting is found first: nothing else goes to the side below −∞.
final class RegimeGraph {
  private final Regimes regimes;
  private final int width;

  RegimeGraph(Regimes regimes, int width) {
    this.regimes = regimes;
    this.width = width;
  }

  /// @return the last one's output is named `output`
  List<NodeProto> nodes(String input, String output) {
    return List.of(
        lookUp(input, "means", regimes::mean),
        lookUp(input, "deviations", regimes::deviation),
        arithmetic("Sub", input, "means", "centered"),
        arithmetic("Div", "centered", "deviations", output));
  }

  private static NodeProto arithmetic(String operator, String left, String right, String output) {
    return NodeProto.newBuilder()
        .setName(output)
        .setOpType(operator)
        .addInput(left)
        .addInput(right)
        .addOutput(output)
        .build();
  }

  private NodeProto lookUp(String input, String output, Table table) {
    return NodeProto.newBuilder()
        .setName(output)
        .setOpType("TreeEnsembleRegressor")
        .setDomain("ai.onnx.ml")
        .addInput(input)
        .addOutput(output)
        .addAllAttribute(new Tree(table).attributes())
        .addAttribute(
            AttributeProto.newBuilder().setName("n_targets").setType(AttributeType.INT).setI(width))
        .build();
  }

  /// A number by regime and feature.
  private interface Table {
    float of(int regime, int column);
  }

  /// Nodes are numbered from the root down.
  private final class Tree {
    private final TreeNodes nodes = new TreeNodes("target");
    private final Table table;
    private int next;

    Tree(Table table) {
      this.table = table;
    }

    List<AttributeProto> attributes() {
      for (int setting : regimes.settings()) {
        int present = next++;
        int missing = next++;
        nodes.addSplit(0, present, setting, Float.NEGATIVE_INFINITY, missing, next, true);
        addLeaf(missing, regimes.count());
      }
      add(next++, regimes.tree());
      return nodes.attributes();
    }

    private void add(int node, ThresholdTree tree) {
      switch (tree) {
        case ThresholdTree.Leaf(int regime) -> addLeaf(node, regime);
        case ThresholdTree.Split(int column, float threshold, var below, var above) -> {
          int left = next++;
          int right = next++;
          nodes.addSplit(0, node, column, threshold, left, right, false);
          add(left, below);
          add(right, above);
        }
      }
    }

    private void addLeaf(int node, int regime) {
      nodes.addLeaf(0, node);
      for (int column = 0; column < width; column++) {
        nodes.addWeight(0, node, column, table.of(regime, column));
      }
    }
  }
}
