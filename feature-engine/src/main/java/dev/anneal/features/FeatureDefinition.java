package dev.anneal.features;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;

/// The features of a model as its definition writes them, checked only when made a
/// [specification][#specification].
///
/// @param sensors mapped names
/// @param rollingWindows rows (`5`) or durations (`10m`)
/// @param statistics names of [Statistic]
/// @param timeFeatures names of [TimeFeature]
/// @param graceSeconds of [RowLimits]
/// @param aheadSeconds of [RowLimits]
public record FeatureDefinition(
    List<String> sensors,
    List<Integer> lagSeconds,
    List<Integer> deltaSeconds,
    List<String> rollingWindows,
    List<String> statistics,
    List<String> timeFeatures,
    String timeZone,
    boolean staleness,
    int graceSeconds,
    int aheadSeconds) {
  public FeatureDefinition {
    sensors = List.copyOf(sensors);
    lagSeconds = List.copyOf(lagSeconds);
    deltaSeconds = List.copyOf(deltaSeconds);
    rollingWindows = List.copyOf(rollingWindows);
    statistics = List.copyOf(statistics);
    timeFeatures = List.copyOf(timeFeatures);
  }

  /// @throws IllegalArgumentException saying what is wrong
  public FeatureSpecification specification() {
    return FeatureSpecification.of(sensors, lagSeconds, rollingWindows)
        .withDeltas(deltaSeconds)
        .with(statistics.stream().map(Statistic::parse).toList())
        .with(
            new RowFeatures(
                staleness, timeFeatures.stream().map(TimeFeature::parse).toList(), zone(timeZone)))
        .with(new RowLimits(graceSeconds, aheadSeconds));
  }

  /// @throws IllegalArgumentException saying what is wrong
  public static ZoneId zone(String name) {
    try {
      return ZoneId.of(name);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "time zone must be one such as UTC or Europe/Berlin, was '%s'".formatted(name), e);
    }
  }
}
