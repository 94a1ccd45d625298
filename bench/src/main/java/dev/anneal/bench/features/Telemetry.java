package dev.anneal.bench.features;

import dev.anneal.schemas.RowCodec;
import dev.anneal.schemas.RowCodec.Quality;
import dev.anneal.schemas.SchemaRegistry;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// Simulated telemetry in Anneal's own layout: values with two decimals that wander about a level.
final class Telemetry {
  static final String ORGANIZATION = "bench";

  private static final long START_MICROS = 1_767_225_600_000_000L; // 2026-01-01
  private static final long DELAY_MICROS = 20_000; // from measurement to commit

  private final List<String> assets;
  private final RowCodec codec;
  private final double[][] levels;
  private final SplittableRandom random = new SplittableRandom(1);
  private long made;

  Telemetry(Profile profile, SchemaRegistry registry) {
    this.assets =
        IntStream.range(0, profile.assets()).mapToObj(i -> "pump-%04d".formatted(i)).toList();
    this.codec = RowCodec.telemetry(ORGANIZATION, Profile.sensors(), registry);
    this.levels = new double[assets.size()][Profile.SENSORS];
  }

  /// One row.
  record Message(String asset, long timeMillis, byte[] value) {
    /// Key and value, as in `limits`.
    int bytes() {
      return asset.length() + value.length;
    }
  }

  Message next() {
    int asset = (int) (made % assets.size());
    long micros = START_MICROS + made / assets.size() * 1_000_000;
    var values = new double[Profile.SENSORS];
    for (int i = 0; i < values.length; i++) {
      levels[asset][i] = .9 * levels[asset][i] + random.nextGaussian();
      values[i] = Math.round(100 * (20 + 10 * i + levels[asset][i])) / 100.0;
    }
    made++;
    var row =
        new RowCodec.Row(
            assets.get(asset), micros, micros + DELAY_MICROS, made, Quality.GOOD, values);
    return new Message(row.asset(), micros / 1_000, codec.encode(row));
  }
}
