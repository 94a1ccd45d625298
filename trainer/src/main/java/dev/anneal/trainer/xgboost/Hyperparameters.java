package dev.anneal.trainer.xgboost;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// Settings of the learner. Users name them as LightGBM does (`numLeaves`, `num_leaves`) or as
/// XGBoost does (`eta`); each has one meaning, a default and bounds. XGBoost's parameters are made
/// of them for the data at hand.
///
/// @param values by canonical (LightGBM's) name
public record Hyperparameters(Map<String, Double> values) {
  private record Setting(
      String name, double defaultValue, double min, double max, List<String> aliases) {
    static Setting of(String name, double defaultValue, double min, double max, String... aliases) {
      return new Setting(name, defaultValue, min, max, List.of(aliases));
    }
  }

  private static final double MANY = 1e9;
  private static final double NOT_SET = -1;

  private static final List<Setting> SETTINGS =
      List.of(
          Setting.of(
              "numIterations",
              200,
              1,
              10_000,
              "nEstimators",
              "numBoostRound",
              "numRound",
              "numTrees"),
          Setting.of("learningRate", .1, 1e-6, 1, "eta", "shrinkageRate"),
          Setting.of("numLeaves", 31, 2, 131_072, "maxLeaves", "maxLeafNodes"),
          Setting.of("maxDepth", -1, -1, 64),
          Setting.of("minDataInLeaf", 20, 0, MANY, "minChildSamples", "minDataPerLeaf"),
          Setting.of("minSumHessianInLeaf", NOT_SET, 0, MANY, "minChildWeight"),
          Setting.of("minGainToSplit", 0, 0, MANY, "gamma", "minSplitLoss", "minSplitGain"),
          Setting.of("featureFraction", 1, 1e-3, 1, "colsampleBytree", "subFeature"),
          Setting.of("featureFractionBynode", 1, 1e-3, 1, "colsampleBynode"),
          Setting.of("baggingFraction", 1, 1e-3, 1, "subsample", "subRow", "bagging"),
          Setting.of("baggingFreq", 1, 0, MANY, "subsampleFreq"),
          Setting.of("lambdaL1", 0, 0, MANY, "regAlpha", "alpha"),
          Setting.of("lambdaL2", 1, 0, MANY, "regLambda", "lambda"),
          Setting.of("maxBin", 256, 2, 65_535),
          Setting.of("maxDeltaStep", 0, 0, MANY),
          Setting.of("scalePosWeight", 1, 1e-6, MANY),
          Setting.of("isUnbalance", 0, 0, 1, "unbalance"),
          Setting.of(
              "earlyStoppingRound",
              20,
              0,
              10_000,
              "earlyStoppingRounds",
              "earlyStopping",
              "nIterNoChange"));

  private static final Map<String, Setting> BY_NAME = byName();

  public Hyperparameters {
    values = Map.copyOf(values);
  }

  private static Map<String, Setting> byName() {
    var byName = new HashMap<String, Setting>();
    for (Setting setting : SETTINGS) {
      byName.put(canonical(setting.name()), setting);
      setting.aliases().forEach(a -> byName.put(canonical(a), setting));
    }
    return byName;
  }

  /// `num_leaves`, `numLeaves` and `NumLeaves` are one name.
  private static String canonical(String name) {
    return name.replace("_", "").replace("-", "").toLowerCase(Locale.ROOT);
  }

  /// @throws TrainingFailure `invalid-hyperparameters` that names everything wrong at once
  public static Hyperparameters of(Map<String, String> given) {
    var values = new HashMap<String, Double>();
    SETTINGS.forEach(s -> values.put(s.name(), s.defaultValue()));
    var problems = new ArrayList<String>();
    var seen = new HashMap<String, String>();
    new TreeMap<>(given)
        .forEach(
            (name, text) -> {
              Setting setting = BY_NAME.get(canonical(name));
              if (setting == null) {
                problems.add("%s is not a hyper-parameter; known are %s".formatted(name, names()));
              } else if (seen.putIfAbsent(setting.name(), name) != null) {
                problems.add(
                    "%s and %s are the same hyper-parameter"
                        .formatted(seen.get(setting.name()), name));
              } else {
                read(name, setting, text, values, problems);
              }
            });
    if (!problems.isEmpty()) {
      throw new TrainingFailure("invalid-hyperparameters", String.join("; ", problems));
    }
    return new Hyperparameters(values);
  }

  private static void read(
      String name,
      Setting setting,
      String text,
      Map<String, Double> values,
      List<String> problems) {
    try {
      double value =
          switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "true" -> 1;
            case "false" -> 0;
            default -> Double.parseDouble(text.strip());
          };
      // not a number fails both
      if (value >= setting.min() && value <= setting.max()) {
        values.put(setting.name(), value);
      } else {
        problems.add(
            "%s must be in [%s, %s], was %s".formatted(name, setting.min(), setting.max(), text));
      }
    } catch (NumberFormatException _) {
      problems.add("%s must be a number, was \"%s\"".formatted(name, text));
    }
  }

  private static List<String> names() {
    return SETTINGS.stream().map(Setting::name).toList();
  }

  private double get(String name) {
    return values.getOrDefault(name, 0.0);
  }

  int rounds() {
    return (int) get("numIterations");
  }

  /// Rounds without progress on the validation rows after which training ends; 0: never.
  int earlyStoppingRounds() {
    return (int) get("earlyStoppingRound");
  }

  /// XGBoost's parameters.
  ///
  /// @param positives of the training rows
  Map<String, Object> forXgboost(long positives, long rows, int threads, long seed) {
    double rate = positives / (double) rows;
    var parameters = new TreeMap<String, Object>();
    parameters.put("objective", "binary:logistic");
    parameters.put("eval_metric", "logloss");
    parameters.put("tree_method", "hist");
    parameters.put("grow_policy", "lossguide");
    parameters.put("eta", get("learningRate"));
    parameters.put("max_leaves", (int) get("numLeaves"));
    parameters.put("max_depth", (int) Math.max(0, get("maxDepth")));
    // LightGBM counts rows, XGBoost sums second derivatives: p(1 − p) a row, which begins at the
    // base rate
    double given = get("minSumHessianInLeaf");
    parameters.put(
        "min_child_weight", given == NOT_SET ? get("minDataInLeaf") * rate * (1 - rate) : given);
    parameters.put("gamma", get("minGainToSplit"));
    parameters.put("colsample_bytree", get("featureFraction"));
    parameters.put("colsample_bynode", get("featureFractionBynode"));
    parameters.put("subsample", get("baggingFreq") == 0 ? 1 : get("baggingFraction"));
    parameters.put("alpha", get("lambdaL1"));
    parameters.put("lambda", get("lambdaL2"));
    parameters.put("max_bin", (int) get("maxBin"));
    parameters.put("max_delta_step", get("maxDeltaStep"));
    // Rare failures are left rare: the threshold is chosen for them, and a probability stays one.
    // Who asks for balance gets it, and scores that are too high.
    double balance = (rows - positives) / (double) positives;
    parameters.put("scale_pos_weight", get("isUnbalance") == 1 ? balance : get("scalePosWeight"));
    parameters.put("nthread", threads);
    parameters.put("seed", seed);
    return parameters;
  }
}
