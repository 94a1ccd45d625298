package dev.anneal.control.definitions;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A hyper-parameter the trainer knows, by LightGBM's name; the other names are its own aliases and
/// XGBoost's. Case and underscores do not matter (`num_leaves`). Names and bounds are the
/// trainer's: a definition it would refuse is refused here, where its author looks.
///
/// @param name as it stands in the resolved definition
record Hyperparameter(String name, Kind kind, double min, double max, List<String> aliases) {
  enum Kind {
    WHOLE,
    NUMBER,
    FLAG
  }

  private static final double MANY = 1e9;
  private static final double SMALL = 1e-6;
  private static final double FEW = 1e-3;
  private static final int MOST_ROUNDS = 10_000;

  private static final List<Hyperparameter> ALL =
      List.of(
          whole(
              "numIterations",
              1,
              MOST_ROUNDS,
              "nEstimators",
              "numBoostRound",
              "numRound",
              "numTrees"),
          number("learningRate", SMALL, 1, "eta", "shrinkageRate"),
          whole("numLeaves", 2, 131_072, "maxLeaves", "maxLeafNodes"),
          whole("maxDepth", -1, 64),
          whole("minDataInLeaf", 0, MANY, "minChildSamples", "minDataPerLeaf"),
          number("minSumHessianInLeaf", 0, MANY, "minChildWeight"),
          number("minGainToSplit", 0, MANY, "gamma", "minSplitLoss", "minSplitGain"),
          number("featureFraction", FEW, 1, "colsampleBytree", "subFeature"),
          number("featureFractionBynode", FEW, 1, "colsampleBynode"),
          number("baggingFraction", FEW, 1, "subsample", "subRow", "bagging"),
          whole("baggingFreq", 0, MANY, "subsampleFreq"),
          number("lambdaL1", 0, MANY, "regAlpha", "alpha"),
          number("lambdaL2", 0, MANY, "regLambda", "lambda"),
          whole("maxBin", 2, 65_535),
          number("maxDeltaStep", 0, MANY),
          number("scalePosWeight", SMALL, MANY),
          new Hyperparameter("isUnbalance", Kind.FLAG, 0, 1, List.of("unbalance")),
          whole(
              "earlyStoppingRound",
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

  private static String plain(String name) {
    return name.replace("_", "").replace("-", "").toLowerCase(Locale.ROOT);
  }

  static List<String> names() {
    return ALL.stream().map(Hyperparameter::name).toList();
  }

  static @Nullable Hyperparameter named(String written) {
    return BY_NAME.get(plain(written));
  }

  private static Hyperparameter whole(String name, double min, double max, String... aliases) {
    return new Hyperparameter(name, Kind.WHOLE, min, max, List.of(aliases));
  }

  private static Hyperparameter number(String name, double min, double max, String... aliases) {
    return new Hyperparameter(name, Kind.NUMBER, min, max, List.of(aliases));
  }

  boolean allows(Object value) {
    return switch (kind) {
      case WHOLE -> value instanceof Integer number && number >= min && number <= max;
      // not a number is not within
      case NUMBER ->
          value instanceof Number number
              && number.doubleValue() >= min
              && number.doubleValue() <= max;
      case FLAG -> value instanceof Boolean;
    };
  }

  /// Ends the sentence "must be …".
  String expected() {
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
