package dev.anneal.modelstore;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxGuardTest {
  @Test
  void passesATreeEnsemble() {
    assertThatCode(() -> OnnxGuard.check(Stump.bytes())).doesNotThrowAnyException();
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        refused(
            "an operator that allocates",
            g -> g.addNode(NodeProto.newBuilder().setOpType("ConstantOfShape")),
            "ConstantOfShape"),
        refused("a loop", g -> g.addNode(NodeProto.newBuilder().setOpType("Loop")), "Loop"),
        refused(
            "a foreign domain",
            g -> g.addNode(NodeProto.newBuilder().setOpType("Sigmoid").setDomain("com.microsoft")),
            "com.microsoft"),
        refused(
            "a subgraph",
            g ->
                g.setNode(
                    0,
                    g.getNode(0).toBuilder()
                        .addAttribute(
                            AttributeProto.newBuilder()
                                .setName("body")
                                .setG(GraphProto.getDefaultInstance()))),
            "attribute body"),
        refused(
            "external data",
            g ->
                g.addInitializer(
                    TensorProto.newBuilder().setDataLocation(TensorProto.DataLocation.EXTERNAL)),
            "initializers"),
        refused(
            "too many nodes",
            g -> {
              for (int i = 0; i < OnnxGuard.MAX_NODES; i++) {
                g.addNode(NodeProto.newBuilder().setOpType("Identity"));
              }
            },
            "65 nodes are more than 64"),
        refused(
            "arithmetic that makes a square of a vector",
            g -> g.addNode(node("Sub", "float_input", "label")),
            "Sub of [float_input, label] is not between rows of features"),
        refused(
            "arithmetic before its operands",
            g -> g.addNode(node("Div", "float_input", "later")).addNode(regressor(2)),
            "Div of [float_input, later]"),
        refused(
            "more targets than columns",
            g -> g.addNode(regressor(3)),
            "3 targets are more than 2 columns"),
        refused(
            "more classes than two",
            g ->
                g.addNode(
                    classifier("classlabels_int64s", a -> a.addInts(0).addInts(1).addInts(2))),
            "3 class labels are more than 2"),
        refused(
            "more named classes than two",
            g -> g.addNode(classifier("classlabels_strings", a -> addNames(a, "a", "b", "c"))),
            "3 class labels are more than 2"),
        refused("an empty graph", GraphProto.Builder::clearNode, "its graph is empty"));
  }

  private static NodeProto.Builder node(String operator, String... inputs) {
    return NodeProto.newBuilder().setOpType(operator).addAllInput(List.of(inputs)).addOutput("z");
  }

  private static NodeProto.Builder regressor(long targets) {
    return NodeProto.newBuilder()
        .setOpType("TreeEnsembleRegressor")
        .setDomain("ai.onnx.ml")
        .addInput("float_input")
        .addOutput("later")
        .addAttribute(AttributeProto.newBuilder().setName("n_targets").setI(targets));
  }

  private static NodeProto.Builder classifier(
      String attribute, Consumer<AttributeProto.Builder> labels) {
    var classes = AttributeProto.newBuilder().setName(attribute);
    labels.accept(classes);
    return NodeProto.newBuilder()
        .setOpType("TreeEnsembleClassifier")
        .setDomain("ai.onnx.ml")
        .addAttribute(classes);
  }

  private static void addNames(AttributeProto.Builder attribute, String... names) {
    for (String name : names) {
      attribute.addStrings(ByteString.copyFromUtf8(name));
    }
  }

  @Test
  void passesArithmeticBetweenRowsOfFeatures() {
    var model = Stump.model();
    model
        .getGraphBuilder()
        .addNode(regressor(2))
        .addNode(node("Sub", "float_input", "later"))
        .addNode(node("Div", "z", "later"));
    assertThatCode(() -> OnnxGuard.check(model.build().toByteArray())).doesNotThrowAnyException();
  }

  private static Arguments refused(
      String what, Consumer<GraphProto.Builder> change, String message) {
    var model = Stump.model();
    change.accept(model.getGraphBuilder());
    return Arguments.of(what, model.build(), message);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refused")
  void refuses(String what, ModelProto model, String message) {
    assertThatThrownBy(() -> OnnxGuard.check(model.toByteArray()))
        .isInstanceOf(OnnxRefusedException.class)
        .hasMessageContaining(message);
  }

  @Test
  void refusesFunctionsAndNewerOperatorSets() {
    var functions = Stump.model().addFunctions(FunctionProto.newBuilder().setName("f")).build();
    var newer =
        Stump.model().setOpsetImport(1, OperatorSetIdProto.newBuilder().setVersion(99)).build();
    assertThatThrownBy(() -> OnnxGuard.check(functions.toByteArray()))
        .hasMessageContaining("defines 1 functions");
    assertThatThrownBy(() -> OnnxGuard.check(newer.toByteArray()))
        .hasMessageContaining("operator set 99");
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void neverFailsInAnotherWayOnDamagedBytes(long seed) {
    var random = new Random(seed);
    byte[] good = Stump.bytes();
    for (int i = 0; i < 300; i++) {
      byte[] bad =
          Arrays.copyOf(good, random.nextInt(8) == 0 ? random.nextInt(good.length) : good.length);
      for (int flips = random.nextInt(4); flips >= 0 && bad.length > 0; flips--) {
        bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
      }
      try (var model = OnnxModel.load(bad)) {
        model.score(new float[model.featureNames().size()]);
      } catch (OnnxRefusedException _) {
        // refused: fine
      }
    }
  }
}
