package dev.anneal.bench.features;

import dev.anneal.features.FeatureSpecification;
import dev.anneal.features.RowFeatures;
import dev.anneal.features.Statistic;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// What the rows and the features are: 8 sensors at 1 Hz, round robin over the assets; of each its
/// value, two lags and four statistics over two windows.
public enum Profile {
  /// Short windows.
  S(1_000, 5, 10),

  /// Windows of 5 and 10 minutes.
  M(50, 300, 600);

  public static final int SENSORS = 8;
  public static final List<Integer> LAG_SECONDS = List.of(60, 120);

  public static final List<Statistic> STATISTICS =
      List.of(Statistic.MEAN, Statistic.STD, Statistic.MIN, Statistic.MAX);

  /// 8 × (value + 2 lags + 2 windows × 4 statistics).
  public static final int FEATURES = 88;

  private final int assets;
  private final int shortRows;
  private final int longRows;

  Profile(int assets, int shortRows, int longRows) {
    this.assets = assets;
    this.shortRows = shortRows;
    this.longRows = longRows;
  }

  public int assets() {
    return assets;
  }

  public int shortRows() {
    return shortRows;
  }

  public int longRows() {
    return longRows;
  }

  /// Rows until every window is full.
  int rowsToFill() {
    return assets * Math.max(longRows, LAG_SECONDS.getLast());
  }

  /// In file and topic names.
  String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  static List<String> sensors() {
    return IntStream.range(0, SENSORS).mapToObj(i -> "sensor" + i).toList();
  }

  List<String> windows() {
    return Stream.of(shortRows, longRows).map(String::valueOf).toList();
  }

  public FeatureSpecification specification() {
    return FeatureSpecification.of(sensors(), LAG_SECONDS, windows())
        .with(STATISTICS)
        .with(RowFeatures.NONE);
  }
}
