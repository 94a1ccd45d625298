package dev.anneal.featurestream;

/// Why the policy asks for a training.
enum Cause {
  /// The first model.
  INITIAL,
  SCHEDULE,
  DRIFT,

  /// Again with more rows, after a training that brought no better model.
  REFRESH
}
