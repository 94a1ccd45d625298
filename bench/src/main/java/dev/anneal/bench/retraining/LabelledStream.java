package dev.anneal.bench.retraining;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;

/// Rows in the order of time, each with its label. They come every 5 minutes of event time,
/// whatever they were in life.
///
/// @param features row by row
@SuppressWarnings("ArrayRecordComponent") // never compared
record LabelledStream(String name, float[][] features, float[] labels) {
  private static final long ROW_MICROS = 300_000_000L;
  private static final double[] SEA_THRESHOLDS = {8, 9, 7, 9.5};
  private static final double SEA_NOISE = .1;

  int rows() {
    return labels.length;
  }

  int width() {
    return features[0].length;
  }

  long timeMicros(int row) {
    return row * ROW_MICROS;
  }

  List<String> names() {
    return IntStream.range(0, width()).mapToObj(i -> "feature" + i).toList();
  }

  /// Street and Kim's four concepts, one after the other: three numbers in [0, 10), of which the
  /// first two decide; a tenth of the labels is wrong.
  static LabelledStream sea(int rows, long seed) {
    var random = new SplittableRandom(seed);
    var features = new float[rows][];
    var labels = new float[rows];
    for (int row = 0; row < rows; row++) {
      double threshold = SEA_THRESHOLDS[(int) ((long) row * SEA_THRESHOLDS.length / rows)];
      double[] values = random.doubles(3, 0, 10).toArray();
      boolean isPositive = values[0] + values[1] <= threshold;
      features[row] = new float[] {(float) values[0], (float) values[1], (float) values[2]};
      labels[row] = isPositive == (random.nextDouble() >= SEA_NOISE) ? 1 : 0;
    }
    return new LabelledStream("SEA", features, labels);
  }

  /// NOAA's days at Bellevue: `weather.csv` or `weather.csv.gz` with a header, the label last.
  static LabelledStream weather(Path directory) throws IOException {
    Path plain = directory.resolve("weather.csv");
    boolean isPlain = Files.exists(plain);
    try (var in = Files.newInputStream(isPlain ? plain : directory.resolve("weather.csv.gz"));
        var text = isPlain ? in : new GZIPInputStream(in);
        var lines = new BufferedReader(new InputStreamReader(text, StandardCharsets.UTF_8))) {
      var rows =
          lines
              .lines()
              .skip(1)
              .map(line -> Arrays.stream(line.split(",")).map(Float::valueOf).toList())
              .toList();
      var features = new float[rows.size()][];
      var labels = new float[rows.size()];
      for (int row = 0; row < features.length; row++) {
        var cells = rows.get(row);
        features[row] = new float[cells.size() - 1];
        for (int i = 0; i < features[row].length; i++) {
          features[row][i] = cells.get(i);
        }
        labels[row] = cells.getLast();
      }
      return new LabelledStream("weather", features, labels);
    }
  }
}
