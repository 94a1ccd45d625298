package dev.anneal.trainer.xgboost;

import dev.anneal.schemas.Hyperparameter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// The values of all [hyper-parameters][Hyperparameter]. XGBoost's parameters are made of them for
/// the data at hand.
///
/// @param values by canonical (LightGBM's) name
public record Hyperparameters(Map<String, Double> values) {
  public Hyperparameters {
    values = Map.copyOf(values);
  }

  /// @throws TrainingFailure `invalid-hyperparameters` that names everything wrong at once
  public static Hyperparameters of(Map<String, String> given) {
    var values = new HashMap<String, Double>();
    Hyperparameter.ALL.forEach(p -> values.put(p.name(), p.defaultValue()));
    var problems = new ArrayList<String>();
    var seen = new HashMap<String, String>();
    new TreeMap<>(given)
        .forEach(
            (name, text) -> {
              var parameter = Hyperparameter.named(name);
              if (parameter == null) {
                problems.add(
                    "%s is not a hyper-parameter; known are %s"
                        .formatted(name, Hyperparameter.names()));
              } else if (seen.putIfAbsent(parameter.name(), name) != null) {
                problems.add(
                    "%s and %s are the same hyper-parameter"
                        .formatted(seen.get(parameter.name()), name));
              } else {
                read(name, parameter, text, values, problems);
              }
            });
    if (!problems.isEmpty()) {
      throw new TrainingFailure("invalid-hyperparameters", String.join("; ", problems));
    }
    return new Hyperparameters(values);
  }

  private static void read(
      String name,
      Hyperparameter parameter,
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
      if (parameter.isWithin(value)) {
        values.put(parameter.name(), value);
      } else {
        problems.add(
            "%s must be in [%s, %s], was %s"
                .formatted(name, parameter.min(), parameter.max(), text));
      }
    } catch (NumberFormatException _) {
      problems.add("%s must be a number, was \"%s\"".formatted(name, text));
    }
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
        "min_child_weight",
        given == Hyperparameter.NOT_SET ? get("minDataInLeaf") * rate * (1 - rate) : given);
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
