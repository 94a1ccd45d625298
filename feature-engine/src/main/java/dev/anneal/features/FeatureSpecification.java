package dev.anneal.features;

import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;

/// Which features a model has, and in which order: [FeatureNames] has their names. Begin with
/// [#of], which has the defaults, and go on with the `with…` methods.
///
/// @param sensors mapped names, e.g. `temperature`
/// @param lagSeconds how far back each lag looks, seconds
/// @param deltaSeconds how far back the value lies that each delta subtracts, seconds
/// @param windows rolling windows
/// @param statistics of every sensor in every window
/// @param row features of the whole row
/// @param limits which rows are used
public record FeatureSpecification(
    List<String> sensors,
    List<Integer> lagSeconds,
    List<Integer> deltaSeconds,
    List<Window> windows,
    List<Statistic> statistics,
    RowFeatures row,
    RowLimits limits) {
  /// Most features of a model: 64 KiB of float32 a row.
  public static final int MAX_WIDTH = 16_384;

  /// @throws IllegalArgumentException saying what is wrong
  public FeatureSpecification {
    sensors = List.copyOf(sensors);
    lagSeconds = List.copyOf(lagSeconds);
    deltaSeconds = List.copyOf(deltaSeconds);
    windows = List.copyOf(windows);
    statistics = List.copyOf(statistics);
    require(!sensors.isEmpty(), "a model needs at least one sensor");
    require(
        windows.isEmpty() || !statistics.isEmpty(), "rolling windows need at least one statistic");
    lagSeconds.forEach(lag -> requireSeconds("lag", lag));
    deltaSeconds.forEach(delta -> requireSeconds("delta", delta));
    var names = FeatureNames.of(sensors, lagSeconds, deltaSeconds, windows, statistics, row);
    require(
        names.size() <= MAX_WIDTH, "a model may have %d features, has %d", MAX_WIDTH, names.size());
    var seen = new HashSet<String>();
    names.forEach(name -> require(seen.add(name), "feature %s is there twice", name));
  }

  /// With the defaults of [statistics][Statistic#DEFAULT], [RowFeatures] and [RowLimits], without
  /// deltas.
  ///
  /// @param rollingWindows rows (`5`) or durations (`10m`)
  /// @throws IllegalArgumentException saying what is wrong
  public static FeatureSpecification of(
      List<String> sensors, List<Integer> lagSeconds, List<String> rollingWindows) {
    return new FeatureSpecification(
        sensors,
        lagSeconds,
        List.of(),
        rollingWindows.stream().map(Window::parse).toList(),
        Statistic.DEFAULT,
        RowFeatures.DEFAULT,
        RowLimits.DEFAULT);
  }

  public FeatureSpecification withDeltas(List<Integer> seconds) {
    return new FeatureSpecification(sensors, lagSeconds, seconds, windows, statistics, row, limits);
  }

  public FeatureSpecification with(List<Statistic> chosen) {
    return new FeatureSpecification(
        sensors, lagSeconds, deltaSeconds, windows, chosen, row, limits);
  }

  public FeatureSpecification with(RowFeatures chosen) {
    return new FeatureSpecification(
        sensors, lagSeconds, deltaSeconds, windows, statistics, chosen, limits);
  }

  public FeatureSpecification with(RowLimits chosen) {
    return new FeatureSpecification(
        sensors, lagSeconds, deltaSeconds, windows, statistics, row, chosen);
  }

  /// In the order of the feature vector.
  public List<String> names() {
    return FeatureNames.of(sensors, lagSeconds, deltaSeconds, windows, statistics, row);
  }

  public int width() {
    return sensors.size() * featuresPerSensor() + row.width();
  }

  int featuresPerSensor() {
    return 1 + lagSeconds.size() + deltaSeconds.size() + windows.size() * statistics.size();
  }

  /// How many of the newest rows the features look at whatever their age; at least two, for the
  /// staleness.
  public int historyRows() {
    return windows.stream()
        .mapToInt(window -> window instanceof Window.Rows(int rows) ? rows : 2)
        .reduce(2, Math::max);
  }

  /// How far back in event time the features look; a lag looks at one row before that too.
  public long historySeconds() {
    int back =
        IntStream.concat(
                lagSeconds.stream().mapToInt(s -> s), deltaSeconds.stream().mapToInt(s -> s))
            .max()
            .orElse(0);
    return windows.stream()
        .mapToLong(window -> window instanceof Window.Time(long seconds, _) ? seconds : 0)
        .reduce(back, Math::max);
  }

  /// How far back in event time rows are held: a row that is placed looks back from its own time.
  public long retentionSeconds() {
    return historySeconds() + limits.graceSeconds();
  }

  private static void requireSeconds(String what, int seconds) {
    require(
        seconds >= 1 && seconds <= Window.MAX_SECONDS,
        "%s must be 1 to %d seconds, was %d",
        what,
        Window.MAX_SECONDS,
        seconds);
  }

  private static void require(boolean condition, String message, Object... arguments) {
    if (!condition) {
      throw new IllegalArgumentException(message.formatted(arguments));
    }
  }
}
