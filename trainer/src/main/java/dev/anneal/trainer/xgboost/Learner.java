package dev.anneal.trainer.xgboost;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;
import org.jspecify.annotations.Nullable;

/// The only class that calls XGBoost.
final class Learner implements AutoCloseable {
  private static final String EVALUATION_PREFIX = "validation-logloss:";

  /// Told after each round.
  interface Progress {
    void round(int done, int of);
  }

  /// A trained model, cut to its best round.
  ///
  /// @param rounds it has
  record Fitted(TreeModel model, int rounds) {}

  private final DMatrix validation;
  private final int width;

  /// @param validation row-major
  Learner(float[] validation, float[] labels, int width) {
    this.width = width;
    this.validation = matrix(validation, labels, width);
  }

  private static DMatrix matrix(float[] features, float[] labels, int width) {
    try {
      var matrix = new DMatrix(features, features.length / width, width, Float.NaN);
      matrix.setLabel(labels);
      return matrix;
    } catch (XGBoostError e) {
      throw failure(e);
    }
  }

  Fitted fit(
      float[] features,
      float[] labels,
      Map<String, Object> parameters,
      Hyperparameters hyper,
      Progress progress) {
    DMatrix training = matrix(features, labels, width);
    Booster booster = null;
    try {
      int best = 0;
      double bestLoss = Double.POSITIVE_INFINITY;
      int patience =
          hyper.earlyStoppingRounds() == 0 ? hyper.rounds() : hyper.earlyStoppingRounds();
      for (int round = 0; round < hyper.rounds() && round - best < patience + 1; round++) {
        if (booster == null) {
          booster = XGBoost.train(training, parameters, 1, Map.of(), null, null);
        } else {
          booster.update(training, round);
        }
        double loss = loss(booster, round);
        if (loss < bestLoss || hyper.earlyStoppingRounds() == 0) {
          bestLoss = loss;
          best = round;
        }
        progress.round(round + 1, hyper.rounds());
      }
      if (booster == null) {
        throw new IllegalStateException("numIterations is at least 1");
      }
      return new Fitted(
          TreeModel.parse(booster.toByteArray("json")).firstRounds(best + 1), best + 1);
    } catch (XGBoostError e) {
      throw failure(e);
    } finally {
      dispose(training, booster);
    }
  }

  /// Trains so many rounds, on rows that may be the validation rows too.
  static TreeModel fit(
      float[] features, float[] labels, int width, Map<String, Object> parameters, int rounds) {
    DMatrix training = matrix(features, labels, width);
    Booster booster = null;
    try {
      booster = XGBoost.train(training, parameters, rounds, Map.of(), null, null);
      return TreeModel.parse(booster.toByteArray("json"));
    } catch (XGBoostError e) {
      throw failure(e);
    } finally {
      dispose(training, booster);
    }
  }

  private static void dispose(DMatrix training, @Nullable Booster booster) {
    training.dispose();
    if (booster != null) {
      booster.dispose();
    }
  }

  private double loss(Booster booster, int round) throws XGBoostError {
    String text = booster.evalSet(new DMatrix[] {validation}, new String[] {"validation"}, round);
    return Double.parseDouble(
        text.substring(text.indexOf(EVALUATION_PREFIX) + EVALUATION_PREFIX.length()));
  }

  /// The model's scores of rows, by XGBoost itself.
  static float[] scores(TreeModel model, float[] features, int width) {
    try {
      Booster booster = XGBoost.loadModel(new ByteArrayInputStream(model.toBytes()));
      var matrix = new DMatrix(features, features.length / width, width, Float.NaN);
      try {
        float[][] predicted = booster.predict(matrix);
        var scores = new float[predicted.length];
        for (int i = 0; i < scores.length; i++) {
          scores[i] = predicted[i][0];
        }
        return scores;
      } finally {
        matrix.dispose();
        booster.dispose();
      }
    } catch (XGBoostError e) {
      throw failure(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Share of the total gain by feature; features that no tree uses have 0.
  static Map<String, Double> importance(TreeModel model, List<String> names) {
    try {
      Booster booster = XGBoost.loadModel(new ByteArrayInputStream(model.toBytes()));
      Map<String, Double> gains = booster.getScore(names.toArray(String[]::new), "total_gain");
      booster.dispose();
      double total = names.stream().mapToDouble(n -> gains.getOrDefault(n, 0.0)).sum();
      var shares = new HashMap<String, Double>();
      names.forEach(n -> shares.put(n, total > 0 ? gains.getOrDefault(n, 0.0) / total : 0));
      return shares;
    } catch (XGBoostError e) {
      throw failure(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Of the XGBoost library on the class path.
  static String version() {
    try (var in =
        XGBoost.class.getResourceAsStream(
            "/META-INF/maven/ml.dmlc/xgboost4j_2.12/pom.properties")) {
      var properties = new Properties();
      if (in != null) {
        properties.load(in);
      }
      return properties.getProperty("version", "unknown");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static TrainingFailure failure(XGBoostError e) {
    String message = String.valueOf(e.getMessage());
    // first line: the rest is a native stack trace
    String code = message.contains("bad_alloc") ? "out-of-memory" : "learner-failed";
    return new TrainingFailure(code, "XGBoost: " + message.lines().findFirst().orElse(""), e);
  }

  @Override
  public void close() {
    validation.dispose();
  }
}
