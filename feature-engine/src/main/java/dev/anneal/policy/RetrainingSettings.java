package dev.anneal.policy;

/// When to ask for trainings of a model.
///
/// @param driftEnabled whether drift may ask
/// @param cooldownSeconds of event time between a request and the next because of drift
/// @param minimumLabels rows with a known label since the change
/// @param initialHistorySeconds of event time to see before the first training
/// @param persistence windows that must drift of the last `persistenceOf`
public record RetrainingSettings(
    boolean driftEnabled,
    long cooldownSeconds,
    long minimumLabels,
    long initialHistorySeconds,
    int persistence,
    int persistenceOf) {

  private static final int DAY_SECONDS = 86_400;

  public static final RetrainingSettings DEFAULT =
      new RetrainingSettings(true, 7 * DAY_SECONDS, 200, 14 * DAY_SECONDS, 3, 4);
}
