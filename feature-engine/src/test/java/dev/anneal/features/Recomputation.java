package dev.anneal.features;

import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.stream.IntStream;

/// The features by their definitions over the whole history, in the plainest way.
final class Recomputation {
  private Recomputation() {}

  static float[] vector(FeatureSpecification specification, long[] times, double[][] values) {
    int newest = times.length - 1;
    var features = new ArrayList<Double>();
    for (int s = 0; s < specification.sensors().size(); s++) {
      int sensor = s;
      features.add(values[newest][sensor]);
      for (int lag : specification.lagSeconds()) {
        long bound = times[newest] - lag * 1_000_000L;
        int[] before = IntStream.rangeClosed(0, newest).filter(i -> times[i] <= bound).toArray();
        features.add(before.length == 0 ? Double.NaN : values[before[before.length - 1]][sensor]);
      }
      for (Window window : specification.windows()) {
        int[] rows =
            IntStream.rangeClosed(0, newest)
                .filter(i -> covers(window, times, i))
                .filter(i -> Double.isFinite(values[i][sensor]))
                .toArray();
        addStatistics(features, times, values, sensor, rows);
      }
    }
    features.add(newest == 0 ? Double.NaN : (times[newest] - times[newest - 1]) / 1e6);
    var vector = new float[features.size()];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = Double.isFinite(features.get(i)) ? features.get(i).floatValue() : Float.NaN;
    }
    return vector;
  }

  private static boolean covers(Window window, long[] times, int row) {
    int newest = times.length - 1;
    return switch (window) {
      case Window.Rows(int rows) -> row > newest - rows;
      case Window.Time(long seconds, _) -> times[row] > times[newest] - seconds * 1_000_000;
    };
  }

  private static void addStatistics(
      ArrayList<Double> features, long[] times, double[][] values, int sensor, int[] rows) {
    DoubleSummaryStatistics summary =
        IntStream.of(rows).mapToDouble(i -> values[i][sensor]).summaryStatistics();
    double mean = rows.length == 0 ? Double.NaN : summary.getAverage();
    double timeMean =
        IntStream.of(rows)
            .mapToDouble(i -> (times[i] - times[0]) / 1e6)
            .average()
            .orElse(Double.NaN);
    double variance =
        IntStream.of(rows)
            .mapToDouble(i -> Math.pow(values[i][sensor] - mean, 2))
            .average()
            .orElse(Double.NaN);
    double products =
        IntStream.of(rows)
            .mapToDouble(i -> ((times[i] - times[0]) / 1e6 - timeMean) * (values[i][sensor] - mean))
            .sum();
    double squares =
        IntStream.of(rows)
            .mapToDouble(i -> Math.pow((times[i] - times[0]) / 1e6 - timeMean, 2))
            .sum();
    features.add(mean);
    features.add(Math.sqrt(variance));
    features.add(summary.getMin());
    features.add(summary.getMax());
    features.add(rows.length < 2 ? Double.NaN : products / squares);
  }
}
