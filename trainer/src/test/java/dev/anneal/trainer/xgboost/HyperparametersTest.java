package dev.anneal.trainer.xgboost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class HyperparametersTest {
  @Test
  void mapsLightGbmsNamesToXgboosts() {
    // When
    var hyper =
        Hyperparameters.of(
            Map.of(
                "numLeaves", "63",
                "learning_rate", "0.05",
                "numIterations", "100",
                "minDataInLeaf", "40",
                "featureFraction", "0.8",
                "bagging_fraction", "0.9",
                "lambdaL1", "0.5",
                "lambda_l2", "2",
                "maxDepth", "-1"));
    var parameters = hyper.forXgboost(250, 1000, 3, 7);
    // Then
    assertThat(hyper.rounds()).isEqualTo(100);
    assertThat(parameters)
        .containsEntry("max_leaves", 63)
        .containsEntry("max_depth", 0)
        .containsEntry("eta", .05)
        .containsEntry("min_child_weight", 40 * .25 * .75)
        .containsEntry("colsample_bytree", .8)
        .containsEntry("subsample", .9)
        .containsEntry("alpha", .5)
        .containsEntry("lambda", 2.0)
        .containsEntry("nthread", 3)
        .containsEntry("seed", 7L)
        .containsEntry("scale_pos_weight", 1.0)
        .containsEntry("objective", "binary:logistic");
  }

  @Test
  void balancesOnlyWhenAsked() {
    var parameters = Hyperparameters.of(Map.of("isUnbalance", "true")).forXgboost(100, 1000, 1, 1);
    assertThat(parameters).containsEntry("scale_pos_weight", 9.0);
  }

  @Test
  void saysEverythingThatIsWrongAtOnce() {
    var wrong =
        Map.of(
            "numLeafs",
            "31",
            "learningRate",
            "2",
            "eta",
            "0.1",
            "maxBin",
            "many",
            "featureFraction",
            "NaN");
    assertThatThrownBy(() -> Hyperparameters.of(wrong))
        .isInstanceOfSatisfying(
            TrainingFailure.class, e -> assertThat(e.code()).isEqualTo("invalid-hyperparameters"))
        .hasMessageContaining(
            "numLeafs is not a hyper-parameter; known are [numIterations, learningRate")
        .hasMessageContaining("eta and learningRate are the same hyper-parameter")
        .hasMessageContaining("featureFraction must be in [0.001, 1.0], was NaN")
        .hasMessageContaining("maxBin must be a number, was \"many\"");
  }
}
