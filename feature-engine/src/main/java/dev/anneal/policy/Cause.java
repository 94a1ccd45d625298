package dev.anneal.policy;

/// Why the policy asks for a training.
public enum Cause {
  /// The first model.
  INITIAL,
  SCHEDULE,
  DRIFT,

  /// Again with more rows, after a training that brought no better model.
  REFRESH
}
