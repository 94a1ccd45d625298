package dev.anneal.trainer.xgboost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.trainer.xgboost.Split.Candidate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SplitTest {
  private static final TrainingTask.Minimums FEW = new TrainingTask.Minimums(10, 2, 5, 2);
  private static final long HORIZON = 10;

  @TempDir Path directory;

  /// One asset, a row at each time from 0, failures every 25.
  private Dataset rows(int count) throws IOException {
    long[] failures = new long[count / 25];
    Arrays.setAll(failures, i -> 25L * (i + 1));
    try (var writer = new DatasetWriter(directory, 1, 1 << 20)) {
      for (int time = 0; time < count; time++) {
        writer.add("pump-1", time, new float[] {time});
      }
      writer.finish((_, time) -> Label.of(time, HORIZON, failures, count - 1));
    }
    return Dataset.open(directory);
  }

  @Test
  void validatesOnTheNewestFifthAndKeepsAHorizonBetween() throws IOException {
    try (var data = rows(1011)) {
      // When
      var split = Split.plan(data, HORIZON, new Split.Range(null, null, true), FEW);
      // Then: labels are known up to 1000
      assertThat(split.validationFromMicros()).isEqualTo(800);
      assertThat(split.validation()).hasSize(201).startsWith(800).endsWith(1000);
      assertThat(split.candidates()).extracting(Candidate::name).containsExactly("all");
      assertThat(split.candidates().getFirst().rows()).startsWith(0).endsWith(789);
      assertThat(split.candidates().getFirst().refit()).hasSize(1001).startsWith(0).endsWith(1000);
      assertThat(split.embargoMicros()).isEqualTo(HORIZON);
    }
  }

  @Test
  void validatesAfterTheChangeAndOffersBothRanges() throws IOException {
    try (var data = rows(1011)) {
      var split = Split.plan(data, HORIZON, new Split.Range(800L, null, true), FEW);
      assertThat(split.validationFromMicros()).isEqualTo(940);
      assertThat(split.validation()).endsWith(1000);
      assertThat(split.candidates())
          .extracting(Candidate::name)
          .containsExactly("since-change", "all");
      assertThat(split.candidates().get(0).rows()).startsWith(800).endsWith(929);
      assertThat(split.candidates().get(0).refit()).startsWith(800).endsWith(1000);
      assertThat(split.candidates().get(1).rows()).startsWith(0).endsWith(929);
      assertThat(split.candidates().get(1).refit()).startsWith(0).endsWith(1000);
    }
  }

  @Test
  void takesAllRowsWhenTooFewFollowedTheChange() throws IOException {
    try (var data = rows(1011)) {
      var split = Split.plan(data, HORIZON, new Split.Range(970L, null, true), FEW);
      assertThat(split.candidates()).extracting(Candidate::name).containsExactly("all");
      assertThat(split.validationFromMicros()).isGreaterThanOrEqualTo(970);
    }
  }

  @Test
  void trainsOnNothingOutsideOfARangeThatAPersonAskedFor() throws IOException {
    try (var data = rows(1011)) {
      var split = Split.plan(data, HORIZON, new Split.Range(500L, 900L, false), FEW);
      assertThat(split.candidates()).extracting(Candidate::name).containsExactly("since-change");
      assertThat(split.candidates().getFirst().rows()[0]).isEqualTo(500);
      assertThat(split.validation()).endsWith(899);
    }
  }

  @Test
  void trainsOnAllRowsWhenNobodyAskedForARange() throws IOException {
    try (var data = rows(1011)) {
      var split = Split.plan(data, HORIZON, new Split.Range(null, null, false), FEW);
      assertThat(split.candidates()).extracting(Candidate::name).containsExactly("all");
    }
  }

  @Test
  void shrinksTheEmbargoBeforeItGivesUp() throws IOException {
    try (var data = rows(61)) {
      // Given: three failures; a whole horizon between leaves no positive to train on
      var range = new Split.Range(26L, null, false);
      // When
      var split = Split.plan(data, HORIZON, range, new TrainingTask.Minimums(5, 2, 2, 1));
      // Then
      assertThat(split.embargoMicros()).isLessThan(HORIZON);
    }
  }

  @Test
  void saysWhatIsMissing() throws IOException {
    try (var data = rows(30)) {
      assertThatThrownBy(() -> Split.plan(data, HORIZON, new Split.Range(null, null, true), FEW))
          .isInstanceOf(TrainingFailure.class)
          .hasMessageContaining("of 30 rows");
    }
  }
}
