package dev.anneal.trainer.xgboost;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationSampleTest {
  private static final int ASSETS = 4;
  private static final int TIMES = 1_000;

  @TempDir Path directory;

  /// Assets that take turns: a row of each at each time.
  private Dataset turns() throws IOException {
    try (var writer = new DatasetWriter(directory, 1, 1 << 20)) {
      for (int row = 0; row < ASSETS * TIMES; row++) {
        writer.add("pump-" + row % ASSETS, row / ASSETS, new float[] {row});
      }
      writer.finish((_, _) -> Label.NEGATIVE);
    }
    return Dataset.open(directory);
  }

  private static Set<Integer> kept(Dataset data, int[] rows, int most) {
    return Arrays.stream(EvaluationSample.kept(data, rows, most))
        .mapToObj(i -> rows[i])
        .collect(Collectors.toSet());
  }

  @Test
  void keepsRowsOfEveryAssetAndTimeWhereAssetsTakeTurns() throws IOException {
    try (var data = turns()) {
      // When a quarter is kept, as many rows as one of the four assets has
      var kept = kept(data, data.rows(_ -> true), TIMES);
      // Then
      assertThat(kept).hasSizeBetween(TIMES - 1, TIMES).contains(ASSETS * TIMES - 1);
      for (int asset = 0; asset < ASSETS; asset++) {
        int of = asset;
        assertThat(kept.stream().filter(row -> data.asset(row) == of)).hasSizeBetween(200, 300);
      }
      for (int quarter = 0; quarter < 4; quarter++) {
        int of = quarter;
        assertThat(kept.stream().filter(row -> row / TIMES == of)).hasSizeBetween(200, 300);
      }
    }
  }

  @Test
  void keepsTheSameOfRowsThatTwoVersionsWereJudgedOn() throws IOException {
    try (var data = turns()) {
      int[] older = IntStream.range(0, 3_000).toArray();
      int[] newer = IntStream.range(1_000, 4_000).toArray();
      // When
      var ofOlder = kept(data, older, 600);
      var ofNewer = kept(data, newer, 600);
      // Then of some 400 rows that both were judged on, each has kept nearly all that the other has
      var both = new HashSet<>(ofOlder);
      both.retainAll(ofNewer);
      assertThat(both).hasSizeGreaterThan(350);
      // and fewer rows are of those that are more
      assertThat(ofOlder).containsAll(kept(data, older, 300));
    }
  }

  @Test
  void keepsAllWhereTheyFit() throws IOException {
    try (var data = turns()) {
      assertThat(EvaluationSample.kept(data, new int[] {3, 4, 9}, 3)).containsExactly(0, 1, 2);
    }
  }
}
