package dev.anneal.deployer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.modelstore.EvaluationRows;
import java.util.Arrays;
import java.util.Collections;
import org.junit.jupiter.api.Test;

class HeldOutTest {
  private static EvaluationRows rows(String asset, float score, long... times) {
    var scores = new float[times.length];
    Arrays.fill(scores, score);
    return new EvaluationRows(
        1,
        new float[times.length],
        new float[times.length],
        scores,
        Collections.nCopies(times.length, asset),
        times);
  }

  @Test
  void aRowCountsWhereTheVersionHadNotSeenIt() {
    // Given a version that was trained up to 20 and judged on 15 to 20
    var own = rows("pump-1", .1f, 15, 20);

    // When
    float[] scores =
        HeldOut.scores(rows("pump-1", .5f, 10, 15, 20, 25), new float[] {.6f, .7f, .8f, .9f}, own);

    // Then
    assertThat(scores).containsExactly(Float.NaN, .1f, .1f, .9f);
  }

  @Test
  void anotherAssetsRowOfTheSameTimeIsAnotherRow() {
    var own = rows("pump-1", .1f, 20);

    assertThat(HeldOut.scores(rows("pump-2", .5f, 20), new float[] {.6f}, own))
        .containsExactly(Float.NaN);
  }
}
