package dev.anneal.features;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;

/// Which features a model has, and in which order: for every sensor its value, its lags, and for
/// every window mean, standard deviation, minimum, maximum and slope; at the end the seconds since
/// the row before.
///
/// @param sensors mapped names, e.g. `temperature`
/// @param lagSeconds how far back each lag looks, seconds
/// @param windows rolling windows
public record FeatureSpecification(
    List<String> sensors, List<Integer> lagSeconds, List<Window> windows) {
  /// Seconds between the current row and the one before; missing on the first row.
  public static final String STALENESS = "staleness_s";

  /// Most features of a model: 64 KiB of float32 a row.
  public static final int MAX_WIDTH = 16_384;

  static final int STATISTICS = 5;

  /// @throws IllegalArgumentException saying what is wrong
  public FeatureSpecification {
    sensors = List.copyOf(sensors);
    lagSeconds = List.copyOf(lagSeconds);
    windows = List.copyOf(windows);
    require(!sensors.isEmpty(), "a model needs at least one sensor");
    for (int lag : lagSeconds) {
      require(
          lag >= 1 && lag <= Window.MAX_SECONDS,
          "lag must be 1 to %d seconds, was %d",
          Window.MAX_SECONDS,
          lag);
    }
    var names = names(sensors, lagSeconds, windows);
    require(
        names.size() <= MAX_WIDTH, "a model may have %d features, has %d", MAX_WIDTH, names.size());
    var seen = new HashSet<String>();
    names.forEach(name -> require(seen.add(name), "feature %s is there twice", name));
  }

  /// @param rollingWindows rows (`5`) or durations (`10m`)
  /// @throws IllegalArgumentException saying what is wrong
  public static FeatureSpecification of(
      List<String> sensors, List<Integer> lagSeconds, List<String> rollingWindows) {
    return new FeatureSpecification(
        sensors, lagSeconds, rollingWindows.stream().map(Window::parse).toList());
  }

  /// In the order of the feature vector.
  public List<String> names() {
    return names(sensors, lagSeconds, windows);
  }

  private static List<String> names(
      List<String> sensors, List<Integer> lagSeconds, List<Window> windows) {
    var names = new ArrayList<String>();
    for (String sensor : sensors) {
      names.add(sensor);
      lagSeconds.forEach(lag -> names.add(sensor + "_lag_" + lag + "s"));
      for (Window window : windows) {
        Stream.of("mean", "std", "min", "max", "slope")
            .forEach(s -> names.add(sensor + "_" + s + "_" + window.text()));
      }
    }
    names.add(STALENESS);
    return List.copyOf(names);
  }

  public int width() {
    return sensors.size() * (1 + lagSeconds.size() + STATISTICS * windows.size()) + 1;
  }

  /// How many of the newest rows the features look at whatever their age; at least two, for the
  /// staleness.
  public int historyRows() {
    int rows = 2;
    for (Window window : windows) {
      rows = window instanceof Window.Rows(int r) ? Math.max(rows, r) : rows;
    }
    return rows;
  }

  /// How far back in event time the features look; a lag looks at one row before that too.
  public long historySeconds() {
    long seconds = 0;
    for (int lag : lagSeconds) {
      seconds = Math.max(seconds, lag);
    }
    for (Window window : windows) {
      seconds = window instanceof Window.Time(long s, _) ? Math.max(seconds, s) : seconds;
    }
    return seconds;
  }

  private static void require(boolean condition, String message, Object... arguments) {
    if (!condition) {
      throw new IllegalArgumentException(message.formatted(arguments));
    }
  }
}
