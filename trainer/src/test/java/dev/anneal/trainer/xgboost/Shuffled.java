package dev.anneal.trainer.xgboost;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Random;
import java.util.stream.IntStream;

/// The same rows, written in another order.
final class Shuffled {
  private Shuffled() {}

  static void copy(Path from, Path to, long seed) throws IOException {
    try (var data = Dataset.open(from);
        var writer = new DatasetWriter(to, data.width(), Long.MAX_VALUE)) {
      var order = new ArrayList<>(IntStream.range(0, data.count()).boxed().toList());
      Collections.shuffle(order, new Random(seed));
      var labels = new HashMap<String, Label>();
      for (int row : order) {
        labels.put(data.assetName(row) + data.eventTimeMicros(row), data.label(row));
        writer.add(data.assetName(row), data.eventTimeMicros(row), data.features(new int[] {row}));
      }
      writer.finish((asset, time) -> labels.get(asset + time));
    }
  }
}
