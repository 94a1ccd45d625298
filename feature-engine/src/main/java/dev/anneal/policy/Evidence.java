package dev.anneal.policy;

import java.util.Locale;

/// What says that a model no longer fits, the strongest first.
public enum Evidence {
  /// Its loss rose: known outcomes disagree with its predictions more than they did.
  PERFORMANCE(Cause.PERFORMANCE),

  /// Its inputs are not distributed as in training.
  FEATURES(Cause.DRIFT),

  /// Its scores are not.
  PREDICTIONS(Cause.DRIFT);

  private final Cause cause;

  Evidence(Cause cause) {
    this.cause = cause;
  }

  Cause cause() {
    return cause;
  }

  /// As suppressions and definitions name it.
  public String subject() {
    return name().toLowerCase(Locale.ROOT);
  }
}
