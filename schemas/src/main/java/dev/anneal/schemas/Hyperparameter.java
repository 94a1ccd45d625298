package dev.anneal.schemas;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A hyper-parameter of the learner, by LightGBM's name; the other names are its own aliases and
/// XGBoost's. Case and underscores do not matter (`num_leaves`). What the trainer would refuse is
/// refused where its author looks, so control reads the same table.
///
/// @param name as it stands in the resolved definition
/// @param defaultValue of a flag: 0 is false, 1 is true
public record Hyperparameter(
    String name, Kind kind, double defaultValue, double min, double max, List<String> aliases) {
  public enum Kind {
    WHOLE,
    NUMBER,
    FLAG
  }

  /// The default of one that follows from another where nothing is said.
  public static final double NOT_SET = -1;

  private static final double MANY = 1e9;
  private static final double SMALL = 1e-6;
  private static final double FEW = 1e-3;
  private static final int MOST_ROUNDS = 10_000;

  /// In the order of a message that lists them.
  public static final List<Hyperparameter> ALL =
      List.of(
          whole(
              "numIterations",
              200,
              1,
              MOST_ROUNDS,
              "nEstimators",
              "numBoostRound",
              "numRound",
              "numTrees"),
          number("learningRate", .1, SMALL, 1, "eta", "shrinkageRate"),
          whole("numLeaves", 31, 2, 131_072, "maxLeaves", "maxLeafNodes"),
          whole("maxDepth", -1, -1, 64),
          whole("minDataInLeaf", 20, 0, MANY, "minChildSamples", "minDataPerLeaf"),
          number("minSumHessianInLeaf", NOT_SET, 0, MANY, "minChildWeight"),
          number("minGainToSplit", 0, 0, MANY, "gamma", "minSplitLoss", "minSplitGain"),
          number("featureFraction", 1, FEW, 1, "colsampleBytree", "subFeature"),
          number("featureFractionBynode", 1, FEW, 1, "colsampleBynode"),
          number("baggingFraction", 1, FEW, 1, "subsample", "subRow", "bagging"),
          whole("baggingFreq", 1, 0, MANY, "subsampleFreq"),
          number("lambdaL1", 0, 0, MANY, "regAlpha", "alpha"),
          number("lambdaL2", 1, 0, MANY, "regLambda", "lambda"),
          whole("maxBin", 256, 2, 65_535),
          number("maxDeltaStep", 0, 0, MANY),
          number("scalePosWeight", 1, SMALL, MANY),
          new Hyperparameter("isUnbalance", Kind.FLAG, 0, 0, 1, List.of("unbalance")),
          whole(
              "earlyStoppingRound",
              20,
              0,
              MOST_ROUNDS,
              "earlyStoppingRounds",
              "earlyStopping",
              "nIterNoChange"));

  private static final Map<String, Hyperparameter> BY_NAME = byName();

  private static Map<String, Hyperparameter> byName() {
    var byName = new HashMap<String, Hyperparameter>();
    for (var parameter : ALL) {
      byName.put(plain(parameter.name), parameter);
      parameter.aliases.forEach(alias -> byName.put(plain(alias), parameter));
    }
    return byName;
  }

  /// `num_leaves`, `numLeaves` and `NumLeaves` are one name.
  private static String plain(String name) {
    return name.replace("_", "").replace("-", "").toLowerCase(Locale.ROOT);
  }

  public static List<String> names() {
    return ALL.stream().map(Hyperparameter::name).toList();
  }

  public static @Nullable Hyperparameter named(String written) {
    return BY_NAME.get(plain(written));
  }

  private static Hyperparameter whole(
      String name, double defaultValue, double min, double max, String... aliases) {
    return new Hyperparameter(name, Kind.WHOLE, defaultValue, min, max, List.of(aliases));
  }

  private static Hyperparameter number(
      String name, double defaultValue, double min, double max, String... aliases) {
    return new Hyperparameter(name, Kind.NUMBER, defaultValue, min, max, List.of(aliases));
  }

  /// Not a number is not within.
  public boolean isWithin(double value) {
    return value >= min && value <= max;
  }

  /// @param value as YAML or JSON has it
  public boolean allows(Object value) {
    return switch (kind) {
      case WHOLE -> value instanceof Integer number && isWithin(number);
      case NUMBER -> value instanceof Number number && isWithin(number.doubleValue());
      case FLAG -> value instanceof Boolean;
    };
  }

  /// Ends the sentence "must be …".
  public String expected() {
    return switch (kind) {
      case WHOLE -> "a whole number from %s to %s".formatted(text(min), text(max));
      case NUMBER -> "a number from %s to %s".formatted(text(min), text(max));
      case FLAG -> "true or false";
    };
  }

  private static String text(double limit) {
    return limit == Math.rint(limit) ? Long.toString((long) limit) : Double.toString(limit);
  }
}
