package dev.anneal.modelstore;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// An ONNX file is a program: 128 bytes can make ONNX Runtime allocate gigabytes. So the graph is
/// read here first, and only what a pipeline of ours consists of may pass: known operators, no
/// subgraphs, functions, tensors or external data.
public final class OnnxGuard {
  public static final int MAX_BYTES = 100 << 20; // the deployment gate's largest model
  static final int MAX_NODES = 64;
  static final int MAX_TREE_NODES = 4_000_000;
  static final int MAX_METADATA_BYTES = 1 << 20;

  private static final int MAX_CLASSES = 2; // what [OnnxModel] reads

  private static final String REGRESSOR = "TreeEnsembleRegressor";

  /// Operators by domain. With the number of targets bounded by the columns, classes by
  /// [#MAX_CLASSES], and [#ARITHMETIC] kept to rows, none of them makes a tensor larger than its
  /// rows of features.
  private static final Map<String, Set<String>> OPERATORS =
      Map.of(
          "ai.onnx.ml",
          Set.of("TreeEnsembleClassifier", REGRESSOR),
          "",
          Set.of("Sigmoid", "Softmax", "Exp", "Identity", "Cast", "Sub", "Div"));

  /// Operators that broadcast: of a column and a vector they would make a square.
  private static final Set<String> ARITHMETIC = Set.of("Sub", "Div");

  /// Newest operator sets that this release was tested with.
  private static final Map<String, Long> NEWEST_OPSET = Map.of("ai.onnx.ml", 3L, "", 15L);

  private static final int MAX_TARGETS = 16_384; // the widest row of features

  private OnnxGuard() {}

  /// @return the parsed model
  /// @throws OnnxRefusedException when the bytes are not a model, or one that could do anything but
  ///     score
  public static ModelProto check(byte[] bytes) {
    require(bytes.length <= MAX_BYTES, "%d bytes are more than %d", bytes.length, MAX_BYTES);
    ModelProto model;
    try {
      model = ModelProto.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new OnnxRefusedException("not an ONNX model: " + e.getMessage(), e);
    }
    require(model.hasGraph(), "it has no graph");
    require(model.getFunctionsCount() == 0, "it defines %d functions", model.getFunctionsCount());
    require(model.getTrainingInfoCount() == 0, "it has training information");
    model.getOpsetImportList().forEach(o -> checkOpset(domain(o.getDomain()), o.getVersion()));
    long metadata =
        model.getMetadataPropsList().stream().mapToLong(p -> p.getSerializedSize()).sum();
    require(
        metadata <= MAX_METADATA_BYTES,
        "%d bytes of metadata are more than %d",
        metadata,
        MAX_METADATA_BYTES);
    checkGraph(model.getGraph());
    return model;
  }

  private static void checkOpset(String domain, long version) {
    Long newest = NEWEST_OPSET.get(domain);
    require(newest != null, "operator domain %s is not allowed", domain);
    require(
        newest != null && version <= newest,
        "operator set %d of domain '%s' is not allowed",
        version,
        domain);
  }

  private static void checkGraph(GraphProto graph) {
    require(graph.getNodeCount() > 0, "its graph is empty");
    require(
        graph.getNodeCount() <= MAX_NODES,
        "%d nodes are more than %d",
        graph.getNodeCount(),
        MAX_NODES);
    require(
        graph.getInitializerCount() == 0, "it has %d initializers", graph.getInitializerCount());
    require(graph.getSparseInitializerCount() == 0, "it has sparse initializers");
    require(graph.getQuantizationAnnotationCount() == 0, "it has quantization annotations");
    long columns = columns(graph);
    graph.getNodeList().forEach(node -> checkNode(node, columns));
    checkArithmetic(graph);
  }

  /// Of the model's input, as far as targets may go.
  private static long columns(GraphProto graph) {
    return graph.getInputList().stream()
        .map(input -> input.getType().getTensorType().getShape())
        .mapToLong(shape -> shape.getDimCount() == 2 ? shape.getDim(1).getDimValue() : 1)
        .map(columns -> Math.clamp(columns, 1, MAX_TARGETS))
        .min()
        .orElse(1);
  }

  /// Nodes come in the order in which they are run.
  private static void checkArithmetic(GraphProto graph) {
    var rows = new HashSet<String>();
    graph.getInputList().forEach(input -> rows.add(input.getName()));
    for (var node : graph.getNodeList()) {
      boolean arithmetic = ARITHMETIC.contains(node.getOpType());
      require(
          !arithmetic || rows.containsAll(node.getInputList()),
          "%s of %s is not between rows of features",
          node.getOpType(),
          node.getInputList());
      if (arithmetic || node.getOpType().equals(REGRESSOR)) {
        rows.addAll(node.getOutputList());
      }
    }
  }

  private static void checkNode(NodeProto node, long columns) {
    String domain = domain(node.getDomain());
    boolean allowed = OPERATORS.getOrDefault(domain, Set.of()).contains(node.getOpType());
    require(allowed, "operator %s of domain '%s' is not allowed", node.getOpType(), domain);
    node.getAttributeList().forEach(a -> checkAttribute(node.getOpType(), a, columns));
  }

  private static void checkAttribute(String operator, AttributeProto attribute, long columns) {
    boolean plain =
        !attribute.hasG()
            && !attribute.hasT()
            && !attribute.hasTp()
            && !attribute.hasSparseTensor()
            && attribute.getGraphsCount() == 0
            && attribute.getTensorsCount() == 0
            && attribute.getSparseTensorsCount() == 0
            && attribute.getTypeProtosCount() == 0
            && attribute.getRefAttrName().isEmpty();
    require(plain, "attribute %s of %s is not a number or a text", attribute.getName(), operator);
    int values =
        Math.max(
            attribute.getIntsCount(),
            Math.max(attribute.getFloatsCount(), attribute.getStringsCount()));
    String name = attribute.getName();
    require(
        values <= MAX_TREE_NODES,
        "%s.%s has %d values, more than %d",
        operator,
        name,
        values,
        MAX_TREE_NODES);
    require(
        !name.startsWith("classlabels_") || values <= MAX_CLASSES,
        "%d class labels are more than %d",
        values,
        MAX_CLASSES);
    boolean targets = name.equals("n_targets");
    require(
        !targets || attribute.getI() <= columns,
        "%d targets are more than %d columns",
        attribute.getI(),
        columns);
  }

  private static String domain(String domain) {
    return domain.equals("ai.onnx") ? "" : domain;
  }

  private static void require(boolean condition, String message, Object... arguments) {
    if (!condition) {
      throw new OnnxRefusedException("the ONNX model is refused: " + message.formatted(arguments));
    }
  }
}
