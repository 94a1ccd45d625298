package dev.anneal.control.definitions;

/// What holds for models whose definition does not say. Settings `anneal.control.defaults.*`.
///
/// @param retryAttempts of a failed training (`TRAINING_RETRY_ATTEMPTS`)
/// @param minAccuracy of the gate (`ACCURACY_THRESHOLD`)
public record ModelDefaults(int retryAttempts, double minAccuracy) {
  static final int MOST_RETRIES = 10;

  public ModelDefaults {
    if (retryAttempts < 0 || retryAttempts > MOST_RETRIES) {
      throw new IllegalArgumentException(
          "anneal.control.defaults.retry-attempts must be in [0, %d], was %d"
              .formatted(MOST_RETRIES, retryAttempts));
    }
    if (!(minAccuracy >= 0 && minAccuracy <= 1)) {
      throw new IllegalArgumentException(
          "anneal.control.defaults.min-accuracy must be in [0, 1], was " + minAccuracy);
    }
  }
}
