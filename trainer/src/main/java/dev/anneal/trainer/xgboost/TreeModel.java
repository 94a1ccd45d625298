package dev.anneal.trainer.xgboost;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/// XGBoost's own JSON of a model of trees, cut and read. Its numbers are the shortest texts of
/// float32 values, so reading them loses nothing.
final class TreeModel {
  private static final String BINARY = "binary:logistic";

  private final ObjectNode root;

  /// One tree as arrays by node; the root is node 0, and a leaf has −1 as its children.
  ///
  /// @param conditions threshold of a split (left: smaller), weight of a leaf
  /// @param missingLeft whether a missing value goes left
  record Tree(int[] left, int[] right, int[] features, float[] conditions, boolean[] missingLeft) {
    boolean isLeaf(int node) {
      return left[node] < 0;
    }
  }

  private TreeModel(ObjectNode root) {
    this.root = root;
  }

  /// @throws TrainingFailure `export-failed` when it is another kind of model than this release
  ///     exports
  static TreeModel parse(byte[] json) {
    try {
      var model = new TreeModel((ObjectNode) TrainingTask.JSON.readTree(json));
      String booster = model.learner().path("gradient_booster").path("name").asText();
      String objective = model.objective();
      if (!booster.equals("gbtree") || !objective.equals(BINARY)) {
        throw new TrainingFailure(
            "export-failed",
            "expected a gbtree of %s, found a %s of %s".formatted(BINARY, booster, objective));
      }
      return model;
    } catch (IOException e) {
      throw new UncheckedIOException("XGBoost's model is not JSON", e);
    }
  }

  private JsonNode learner() {
    return root.path("learner");
  }

  private ObjectNode model() {
    return (ObjectNode) learner().path("gradient_booster").path("model");
  }

  String objective() {
    return learner().path("objective").path("name").asText();
  }

  int rounds() {
    return model().path("iteration_indptr").size() - 1;
  }

  /// Keeps the first rounds: where early stopping found the best.
  TreeModel firstRounds(int rounds) {
    var copy = new TreeModel(root.deepCopy());
    var model = copy.model();
    int trees = model.path("iteration_indptr").get(rounds).asInt();
    truncate((ArrayNode) model.get("iteration_indptr"), rounds + 1);
    truncate((ArrayNode) model.get("tree_info"), trees);
    truncate((ArrayNode) model.get("trees"), trees);
    ((ObjectNode) model.get("gbtree_model_param")).put("num_trees", Integer.toString(trees));
    return copy;
  }

  private static void truncate(ArrayNode array, int size) {
    while (array.size() > size) {
      array.remove(array.size() - 1);
    }
  }

  byte[] toBytes() {
    try {
      return TrainingTask.JSON
          .writer()
          .without(SerializationFeature.INDENT_OUTPUT)
          .writeValueAsBytes(root);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int features() {
    return learner().path("learner_model_param").path("num_feature").asInt();
  }

  /// The probability that all trees start from: a text with a float in 3.0, in brackets since 3.1.
  float baseScore() {
    String text = learner().path("learner_model_param").path("base_score").asText();
    return Float.parseFloat(text.replace("[", "").replace("]", ""));
  }

  List<Tree> trees() {
    var trees = new ArrayList<Tree>();
    for (JsonNode tree : model().path("trees")) {
      for (JsonNode type : tree.path("split_type")) {
        if (type.asInt() != 0) {
          throw new TrainingFailure(
              "export-failed", "a split by category cannot be exported by this release");
        }
      }
      trees.add(
          new Tree(
              ints(tree.path("left_children")),
              ints(tree.path("right_children")),
              ints(tree.path("split_indices")),
              floats(tree.path("split_conditions")),
              booleans(tree.path("default_left"))));
    }
    return trees;
  }

  private static int[] ints(JsonNode array) {
    var values = new int[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asInt();
    }
    return values;
  }

  private static float[] floats(JsonNode array) {
    var values = new float[array.size()];
    for (int i = 0; i < values.length; i++) {
      // by way of double: the text is the shortest of a float32, and no such text lies near the
      // middle of two
      values[i] = (float) array.get(i).asDouble();
    }
    return values;
  }

  private static boolean[] booleans(JsonNode array) {
    var values = new boolean[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asInt() != 0;
    }
    return values;
  }
}
