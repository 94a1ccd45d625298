package dev.anneal.trainer;

/// How an attempt ended.
sealed interface Attempted {
  record Trained(TrainedModel model) implements Attempted {}

  /// @param code stable, e.g. `insufficient-labels`
  record Failed(String code, String message) implements Attempted {}

  /// Somebody asked for it.
  record Cancelled() implements Attempted {}

  /// The trainer stops; the next one goes on.
  record Interrupted() implements Attempted {}

  /// Another trainer took this one for dead and has the run now.
  record Overtaken() implements Attempted {}
}
