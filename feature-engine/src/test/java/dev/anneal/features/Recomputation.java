package dev.anneal.features;

import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// The features by their definitions over the whole history, in the plainest way.
final class Recomputation {
  private final FeatureSpecification specification;
  private final long[] times;
  private final double[][] values;
  private final int newest;
  private final List<Double> features = new ArrayList<>();

  private Recomputation(FeatureSpecification specification, long[] times, double[][] values) {
    this.specification = specification;
    this.times = times;
    this.values = values;
    this.newest = times.length - 1;
  }

  /// The last row's vector.
  ///
  /// @param times ascending
  static float[] vector(FeatureSpecification specification, long[] times, double[][] values) {
    return new Recomputation(specification, times, values).vector();
  }

  private float[] vector() {
    for (int sensor = 0; sensor < specification.sensors().size(); sensor++) {
      features.add(values[newest][sensor]);
      for (int lag : specification.lagSeconds()) {
        features.add(valueBefore(lag, sensor));
      }
      for (int delta : specification.deltaSeconds()) {
        features.add(values[newest][sensor] - valueBefore(delta, sensor));
      }
      for (Window window : specification.windows()) {
        addStatistics(window, sensor);
      }
    }
    addOfRow();
    var vector = new float[features.size()];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = Double.isFinite(features.get(i)) ? features.get(i).floatValue() : Float.NaN;
    }
    return vector;
  }

  private double valueBefore(long seconds, int sensor) {
    int row = rowBefore(seconds);
    return row < 0 ? Double.NaN : values[row][sensor];
  }

  private int rowBefore(long seconds) {
    long bound = times[newest] - seconds * 1_000_000;
    return IntStream.rangeClosed(0, newest).filter(i -> times[i] <= bound).max().orElse(-1);
  }

  private boolean covers(Window window, int row) {
    return switch (window) {
      case Window.Rows(int rows) -> row > newest - rows;
      case Window.Time(long seconds, _) -> times[row] > times[newest] - seconds * 1_000_000;
    };
  }

  private void addStatistics(Window window, int sensor) {
    int[] rows =
        IntStream.rangeClosed(0, newest)
            .filter(i -> covers(window, i))
            .filter(i -> Double.isFinite(values[i][sensor]))
            .toArray();
    double mean =
        IntStream.of(rows).mapToDouble(i -> values[i][sensor]).average().orElse(Double.NaN);
    double variance =
        IntStream.of(rows)
            .mapToDouble(i -> Math.pow(values[i][sensor] - mean, 2))
            .average()
            .orElse(Double.NaN);
    for (var statistic : specification.statistics()) {
      features.add(
          switch (statistic) {
            case MEAN -> mean;
            case STD -> Math.sqrt(variance);
            case MIN ->
                IntStream.of(rows).mapToDouble(i -> values[i][sensor]).min().orElse(Double.NaN);
            case MAX ->
                IntStream.of(rows).mapToDouble(i -> values[i][sensor]).max().orElse(Double.NaN);
            case SLOPE -> slope(rows, sensor, mean);
            case LAST -> rows.length == 0 ? Double.NaN : values[rows[rows.length - 1]][sensor];
            case COUNT -> (double) rows.length;
            case TIME_WEIGHTED_MEAN -> timeWeightedMean(window, rows, sensor);
          });
    }
  }

  private double slope(int[] rows, int sensor, double mean) {
    double timeMean = IntStream.of(rows).mapToDouble(this::seconds).average().orElse(Double.NaN);
    double products =
        IntStream.of(rows)
            .mapToDouble(i -> (seconds(i) - timeMean) * (values[i][sensor] - mean))
            .sum();
    double squares = IntStream.of(rows).mapToDouble(i -> Math.pow(seconds(i) - timeMean, 2)).sum();
    return rows.length < 2 ? Double.NaN : products / squares;
  }

  private double seconds(int row) {
    return (times[row] - times[0]) / 1e6;
  }

  private double timeWeightedMean(Window window, int[] rows, int sensor) {
    double area = 0;
    double start = rows.length == 0 ? 0 : times[rows[0]];
    double force = Double.NaN;
    if (window instanceof Window.Time(long seconds, _)) {
      double before = valueBefore(seconds, sensor);
      if (Double.isFinite(before)) {
        start = times[newest] - seconds * 1e6;
        force = before;
      }
    }
    double from = start;
    for (int row : rows) {
      area += times[row] > from ? force * (times[row] - from) : 0;
      from = times[row];
      force = values[row][sensor];
    }
    area += times[newest] > from ? force * (times[newest] - from) : 0;
    return rows.length == 0 || times[newest] == start ? force : area / (times[newest] - start);
  }

  private void addOfRow() {
    var row = specification.row();
    if (row.staleness()) {
      features.add(newest == 0 ? Double.NaN : (times[newest] - times[newest - 1]) / 1e6);
    }
    for (var feature : row.timeFeatures()) {
      double angle = 2 * Math.PI * partOfPeriod(feature);
      features.add(Math.sin(angle));
      features.add(Math.cos(angle));
    }
  }

  private double partOfPeriod(TimeFeature feature) {
    var instant = Instant.EPOCH.plusNanos(times[newest] * 1000);
    var local = ZonedDateTime.ofInstant(instant, specification.row().timeZone());
    double day = local.getLong(ChronoField.NANO_OF_DAY) / 86_400e9;
    return switch (feature) {
      case HOUR_OF_DAY -> day;
      case DAY_OF_WEEK -> (local.getDayOfWeek().getValue() - 1 + day) / 7;
    };
  }
}
