package dev.anneal.policy;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// When to ask for trainings of a model.
///
/// @param enabled whether evidence may ask; the first model and schedules do without
/// @param triggers the evidence that may
/// @param cooldownSeconds of event time between a request and the next because of drift
/// @param performanceCooldownSeconds likewise, because of performance
/// @param minimumLabels rows with a known label since the change
/// @param initialHistorySeconds of event time to see before the first training
/// @param persistence windows that must drift of the last `persistenceOf`
/// @param refreshRows a change is trained on again when the rows since with a known label have
///     doubled since the last training on it and are so many more at least; as many times as there
///     are numbers
/// @param refreshWaitSeconds of event time from the end of a training to its first refresh at
///     least; doubles with each
/// @param fromChange whether to train on the rows since the located change, else the trainer
///     decides
/// @param windows that drift is looked for in
public record RetrainingSettings(
    boolean enabled,
    Set<Evidence> triggers,
    long cooldownSeconds,
    long performanceCooldownSeconds,
    long minimumLabels,
    long initialHistorySeconds,
    int persistence,
    int persistenceOf,
    List<Long> refreshRows,
    long refreshWaitSeconds,
    boolean fromChange,
    WindowSettings windows) {

  /// Two windows in parallel, of whole days: each has so many days and so many rows at least, so
  /// that slow data makes longer windows.
  public record WindowSettings(int shortDays, long shortRows, int longDays, long longRows) {}

  private static final int DAY_SECONDS = 86_400;

  public static final RetrainingSettings DEFAULT =
      new RetrainingSettings(
          true,
          // scores follow the mix of ages of the assets as well, which is no reason to train
          EnumSet.of(Evidence.PERFORMANCE, Evidence.FEATURES),
          7 * DAY_SECONDS,
          DAY_SECONDS,
          200,
          14 * DAY_SECONDS,
          3,
          4,
          List.of(500L, 1_000L, 2_000L, 4_000L, 8_000L),
          DAY_SECONDS,
          true,
          new WindowSettings(1, 200, 7, 1_400));

  public RetrainingSettings {
    triggers = Set.copyOf(triggers);
    refreshRows = List.copyOf(refreshRows);
  }

  long cooldownSeconds(Cause cause) {
    return cause == Cause.PERFORMANCE ? performanceCooldownSeconds : cooldownSeconds;
  }
}
