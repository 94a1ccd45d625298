package dev.anneal.trainer.xgboost;

import dev.anneal.trainer.xgboost.Split.Candidate;
import java.util.Map;

/// What a training ended with.
///
/// @param heldOutScores of the validation rows, by the model that was trained without them
/// @param scaling of what the model sees
/// @param parameters of XGBoost, for the model
/// @param model that serves, trained on the validation rows as well
@SuppressWarnings("ArrayRecordComponent") // never compared
record Trained(
    Candidate candidate,
    int rounds,
    float[] heldOutScores,
    RegimeScaling scaling,
    Map<String, Object> parameters,
    TreeModel model) {

  static long positives(float[] labels) {
    long positives = 0;
    for (float label : labels) {
      positives += label == 1 ? 1 : 0;
    }
    return positives;
  }
}
