package dev.anneal.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.features.FeatureSpecification;
import dev.anneal.features.RowLimits;
import dev.anneal.schemas.RowCodec;
import dev.anneal.trainer.KnownOutcomes.Failure;
import dev.anneal.trainer.KnownOutcomes.Progress;
import dev.anneal.trainer.KnownOutcomes.Word;
import dev.anneal.trainer.xgboost.DatasetWriter;
import dev.anneal.trainer.xgboost.Label;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetRowsTest {
  private static final long HOUR = 3_600_000_000L;
  private static final long HORIZON = 2 * HOUR;
  private static final int HOURS = 10;
  private static final String ASSET = "pump-1";

  @TempDir Path directory;

  private final KnownOutcomes outcomes = new KnownOutcomes(RowLimits.DEFAULT, 2);

  private void inEveryPartition(Word word) {
    outcomes.add(0, word);
    outcomes.add(1, word);
  }

  /// Labels of rows at the hours 0 to 9.
  ///
  /// @param knownAfter hours from a row to its commit
  private List<Label> labels(int knownAfter) throws IOException {
    var features = FeatureSpecification.of(List.of("temperature"), List.of(), List.of());
    try (var writer = new DatasetWriter(directory, features.width(), 1 << 20)) {
      var rows = new DatasetRows(features, _ -> true, outcomes, writer);
      for (int hour = 0; hour < HOURS; hour++) {
        long known = (hour + knownAfter) * HOUR;
        double[] values = {60};
        rows.add(new RowCodec.Row(ASSET, hour * HOUR, known, hour, RowCodec.Quality.GOOD, values));
      }
      var labels = outcomes.labels(HORIZON, rows.newestMicros());
      return IntStream.range(0, HOURS).mapToObj(hour -> labels.of(ASSET, hour * HOUR)).toList();
    }
  }

  @Test
  void labelsAreKnownAsFarAsTheSourceSaidThatOutcomesAre() throws IOException {
    // Given the source's commits up to the hour 5
    inEveryPartition(new Progress(5 * HOUR));
    // When
    var labels = labels(0);
    // Then rows of two hours before that, and none later
    assertThat(labels.subList(0, 4)).containsOnly(Label.NEGATIVE);
    assertThat(labels.subList(4, HOURS)).containsOnly(Label.UNKNOWN);
  }

  @Test
  void labelsAreKnownAsFarAsThereAreRowsWhereTheSourceSaidNothing() throws IOException {
    // Given it has told one of two partitions only
    outcomes.add(0, new Progress(HOUR));
    // When
    var labels = labels(0);
    // Then
    assertThat(labels.subList(0, 8)).containsOnly(Label.NEGATIVE);
    assertThat(labels.subList(8, HOURS)).containsOnly(Label.UNKNOWN);
  }

  @Test
  void rowsOfABackfillWaitForWhatIsCommittedWithThem() throws IOException {
    // Given rows of the hours 0 to 9 that were committed 20 hours later
    inEveryPartition(new Progress(15 * HOUR));
    assertThat(labels(20)).containsOnly(Label.UNKNOWN);
    // When
    inEveryPartition(new Progress(29 * HOUR));
    // Then
    assertThat(labels(20).subList(0, 8)).containsOnly(Label.NEGATIVE);
  }

  @Test
  void theLastWordOfThePartitionThatIsLeastFarCounts() throws IOException {
    // Given a source whose clock was ahead
    inEveryPartition(new Progress(90 * HOUR));
    outcomes.add(0, new Progress(9 * HOUR));
    outcomes.add(1, new Progress(5 * HOUR));
    // When
    var labels = labels(0);
    // Then
    assertThat(labels.subList(0, 4)).containsOnly(Label.NEGATIVE);
    assertThat(labels.subList(4, HOURS)).containsOnly(Label.UNKNOWN);
  }

  @Test
  void aFailureBehindTheProgressSaysNothingOfOtherRows() throws IOException {
    // Given
    inEveryPartition(new Progress(5 * HOUR));
    outcomes.add(0, new Failure(ASSET, 2 * HOUR, 2 * HOUR));
    outcomes.add(0, new Failure(ASSET, 9 * HOUR, 9 * HOUR));
    // When
    var labels = labels(0);
    // Then
    assertThat(labels)
        .containsExactly(
            Label.POSITIVE,
            Label.POSITIVE,
            Label.NEGATIVE,
            Label.NEGATIVE,
            Label.UNKNOWN,
            Label.UNKNOWN,
            Label.UNKNOWN,
            Label.EARLY_POSITIVE,
            Label.EARLY_POSITIVE,
            Label.UNKNOWN);
  }

  @Test
  void aFailureOfTheFutureMakesNoLabelKnown() throws IOException {
    // Given
    outcomes.add(0, new Failure(ASSET, 1_000_000 * HOUR, HOUR));
    // When
    var labels = labels(0);
    // Then
    assertThat(labels.subList(8, HOURS)).containsOnly(Label.UNKNOWN);
    assertThat(outcomes.badEventTime()).isEqualTo(1);
  }
}
