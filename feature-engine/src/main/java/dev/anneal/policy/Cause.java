package dev.anneal.policy;

/// Why the policy asks for a training.
public enum Cause {
  /// The first model.
  INITIAL,
  SCHEDULE,

  /// Features or scores are distributed otherwise than in training.
  DRIFT,

  /// The loss rose.
  PERFORMANCE,

  /// Again with more rows since the change.
  REFRESH
}
