package dev.anneal.trainer.xgboost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetWriterTest {
  private static final int ASSETS = 3;
  private static final int TIMES = 1000;
  private static final int KEPT = 200;
  private static final int WIDTH = 2;

  @TempDir Path directory;

  /// Each time of each asset, as `asset * TIMES + time`.
  private static List<Integer> rows() {
    return new ArrayList<>(IntStream.range(0, ASSETS * TIMES).boxed().toList());
  }

  /// A dataset of which too little fits.
  private Dataset write(String name, List<Integer> rows) throws IOException {
    Path inside = Files.createDirectory(directory.resolve(name));
    try (var writer = new DatasetWriter(inside, WIDTH, (long) KEPT * WIDTH * Float.BYTES + 3)) {
      for (int row : rows) {
        writer.add("pump-" + row / TIMES, row % TIMES, new float[] {row, -row});
      }
      assertThat(writer.count()).isEqualTo(KEPT);
      assertThat(writer.leftOut()).isEqualTo(ASSETS * TIMES - KEPT);
      writer.finish((_, _) -> Label.NEGATIVE);
    }
    return Dataset.open(inside);
  }

  @Test
  void keepsTheNewestRowsWhenNotAllFit() throws IOException {
    // Given one asset after another, so that the newest rows come between old ones
    try (var data = write("ordered", rows())) {
      // Then 66 whole times of three assets, and two rows of the time before
      assertThat(data.count()).isEqualTo(KEPT);
      assertThat(data.eventTimeMicros(0)).isEqualTo(TIMES - 67);
      assertThat(data.eventTimeMicros(2)).isEqualTo(TIMES - 66);
      // and each with its own features
      for (int row = 0; row < KEPT; row++) {
        int asset = Integer.parseInt(data.assetName(row).substring("pump-".length()));
        float value = asset * TIMES + data.eventTimeMicros(row);
        assertThat(data.value(row, 0)).isEqualTo(value);
        assertThat(data.value(row, 1)).isEqualTo(-value);
      }
    }
  }

  @Test
  void keepsTheSameRowsInWhateverOrderTheyCome() throws IOException {
    var shuffled = rows();
    Collections.shuffle(shuffled, new Random(1));
    try (var one = write("one", rows());
        var other = write("other", shuffled)) {
      assertThat(other.digest()).isEqualTo(one.digest());
    }
  }

  @Test
  void failsWhenNotEvenOneRowFits() {
    assertThatThrownBy(() -> new DatasetWriter(directory, 10, 39))
        .isInstanceOfSatisfying(
            TrainingFailure.class, e -> assertThat(e.code()).isEqualTo("dataset-too-large"))
        .hasMessageContaining("raise anneal.trainer.dataset");
  }
}
