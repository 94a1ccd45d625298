package dev.anneal.trainer.xgboost;

import dev.anneal.modelstore.ArtifactKey;
import dev.anneal.modelstore.ModelCard;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// Machines that wear, made from a seed: vibration rises in the last days before a failure, a third
/// of the sensor's values is missing, and the rest is noise.
final class Degradation {
  static final long HOUR = 3_600_000_000L;
  static final long START = 1_700_000_000_000_000L;
  static final List<String> NAMES =
      List.of("temperature", "vibration", "vibration_mean_5", "noise");
  static final long HORIZON = 24 * HOUR;
  private static final int FAIL_EVERY_HOURS = 240;

  private Degradation() {}

  static void write(Path directory, long seed, int assets, int hours) throws IOException {
    write(directory, seed, assets, hours, Long.MAX_VALUE);
  }

  /// @param changeMicros from then on vibration falls before a failure
  static void write(Path directory, long seed, int assets, int hours, long changeMicros)
      throws IOException {
    var random = new Random(seed);
    long newest = START + (hours - 1) * HOUR;
    try (var writer = new DatasetWriter(directory, NAMES.size(), 64 << 20)) {
      for (int asset = 0; asset < assets; asset++) {
        for (int hour = 0; hour < hours; hour++) {
          long time = START + hour * HOUR;
          double wear = Math.max(0, 1 - hoursToFailure(asset, hour) / 30.0);
          double sign = time >= changeMicros ? -1 : 1;
          var row = new float[NAMES.size()];
          row[0] = (float) (60 + random.nextGaussian());
          row[1] =
              random.nextInt(3) == 0
                  ? Float.NaN
                  : (float) (2 + sign * 2 * wear + .3 * random.nextGaussian());
          row[2] = (float) (2 + sign * 2 * wear + .2 * random.nextGaussian());
          row[3] = (float) random.nextGaussian();
          writer.add("machine-" + asset, time, row);
        }
      }
      writer.finish((name, time) -> Label.of(time, HORIZON, failures(name, hours), newest));
    }
  }

  private static int hoursToFailure(int asset, int hour) {
    return FAIL_EVERY_HOURS - Math.floorMod(hour + 37 * asset, FAIL_EVERY_HOURS);
  }

  private static long[] failures(String name, int hours) {
    int asset = Integer.parseInt(name.substring("machine-".length()));
    var failures = new long[hours + FAIL_EVERY_HOURS];
    int count = 0;
    for (int hour = 1; hour < hours; hour++) {
      if (hoursToFailure(asset, hour) == FAIL_EVERY_HOURS) {
        failures[count++] = START + hour * HOUR;
      }
    }
    return Arrays.copyOf(failures, count);
  }

  static TrainingTask task(Map<String, String> hyperparameters) {
    return task(hyperparameters, null);
  }

  static TrainingTask task(Map<String, String> hyperparameters, @Nullable Long changeMicros) {
    return task(NAMES, null, hyperparameters, changeMicros);
  }

  static TrainingTask task(
      List<String> names,
      TrainingTask.@Nullable Regimes regimes,
      Map<String, String> hyperparameters,
      @Nullable Long changeMicros) {
    return new TrainingTask(
        new ArtifactKey("acme", "pump-failure", "v2024-01-15T10-30-00-000Z_a1b2c3d4"),
        "request-1",
        1_705_314_600_000_000L,
        "binary",
        new ModelCard.Features(List.of("temperature", "vibration"), List.of(), List.of("5")),
        names,
        regimes,
        HORIZON,
        changeMicros,
        null,
        true,
        hyperparameters,
        1,
        1,
        new TrainingTask.Minimums(100, 20, 50, 10),
        List.of(new ModelCard.Range("anneal.telemetry.acme", 0, 0, 100)),
        7,
        new PassedOver(0, 0, 0, 0, 0, 0, 0, 0, 0));
  }
}
