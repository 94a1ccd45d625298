package dev.anneal.features;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/// A random specification, and rows of one asset in the order of a log: irregular, with gaps,
/// missing and infinite values, duplicates, corrections, and rows out of order, within the grace
/// and beyond it.
record RandomLog(FeatureSpecification specification, List<Row> rows) {
  private static final long SECOND = 1_000_000;

  record Row(long time, long lsn, double[] values) {
    Acceptance addTo(AssetFeatures features) {
      return features.add(time, lsn, values);
    }
  }

  static RandomLog of(SplittableRandom random, int length) {
    var specification = specification(random);
    var rows = new ArrayList<Row>();
    double offset = random.nextBoolean() ? 0 : Math.pow(10, random.nextInt(10));
    long interval = 1 + random.nextLong(20 * SECOND);
    long newest = random.nextLong(1L << 51);
    for (int lsn = 0; lsn < length; lsn++) {
      int kind = random.nextInt(100);
      if (kind < 3 && !rows.isEmpty()) { // again, or another content
        var seen = rows.get(random.nextInt(rows.size()));
        rows.add(
            kind < 2 ? seen : new Row(seen.time, lsn, values(random, seen.values.length, offset)));
        continue;
      }
      long time = newest - random.nextLong(90 * SECOND);
      if (kind >= 10) {
        newest += kind < 12 ? random.nextLong(900 * SECOND) : 1 + random.nextLong(interval);
        time = newest;
      }
      rows.add(new Row(time, lsn, values(random, specification.sensors().size(), offset)));
    }
    return new RandomLog(specification, rows);
  }

  private static double[] values(SplittableRandom random, int sensors, double offset) {
    return random
        .doubles(sensors)
        .map(u -> u < .07 ? Double.NaN : u < .08 ? Double.NEGATIVE_INFINITY : offset + 100 * u)
        .toArray();
  }

  private static FeatureSpecification specification(SplittableRandom random) {
    var statistics = new ArrayList<>(Arrays.asList(Statistic.values()));
    Collections.shuffle(statistics, new java.util.Random(random.nextLong()));
    var row =
        new RowFeatures(
            random.nextBoolean(),
            random.nextInt(4) == 0 ? List.of(TimeFeature.values()) : List.of(),
            ZoneId.of(random.nextBoolean() ? "UTC" : "Europe/Berlin"));
    return FeatureSpecification.of(
            List.of("a", "b", "c").subList(0, 1 + random.nextInt(3)),
            seconds(random),
            Stream.generate(() -> window(random)).limit(random.nextInt(4)).distinct().toList())
        .withDeltas(seconds(random))
        .with(statistics.subList(0, 1 + random.nextInt(statistics.size())))
        .with(row)
        .with(new RowLimits(random.nextInt(3) * 40, 3600));
  }

  private static List<Integer> seconds(SplittableRandom random) {
    return random.ints(random.nextInt(3), 1, 300).distinct().boxed().toList();
  }

  private static String window(SplittableRandom random) {
    return switch (random.nextInt(4)) {
      case 0 -> 1 + random.nextInt(30) + "";
      case 1 -> 25 + random.nextInt(120) + "";
      case 2 -> 1 + random.nextInt(900) + "s";
      default -> 1 + random.nextInt(30) + "m";
    };
  }
}
