package dev.anneal.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.ingest.SourceRow.Operation;
import dev.anneal.ingest.SourceRow.Table;
import dev.anneal.schemas.Micros;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OutcomeProgressTest {
  private static final long HOUR = OutcomeProgress.EVERY_MICROS;
  private static final Table READINGS = new Table("public", "readings", List.of("a"), Set.of());

  private long now = 1_000 * HOUR;
  private final OutcomeProgress progress = new OutcomeProgress(() -> Micros.toInstant(now));

  @Test
  void isToldAtOnceAndThenForEachHourOfEventTime() {
    progress.passed(row(Operation.CREATE, 500 * HOUR), 10 * HOUR);
    assertThat(progress.isDue()).isTrue();
    assertThat(progress.committedMicros()).isEqualTo(500 * HOUR);
    progress.told();

    progress.passed(row(Operation.CREATE, 500 * HOUR + 1), 11 * HOUR - 1);
    assertThat(progress.isDue()).isFalse();
    progress.passed(row(Operation.CREATE, 500 * HOUR + 2), 11 * HOUR);
    assertThat(progress.isDue()).isTrue();
    assertThat(progress.committedMicros()).isEqualTo(500 * HOUR + 2);
  }

  @Test
  void aSnapshotTellsNothing() {
    progress.passed(row(Operation.READ, 500 * HOUR), 10 * HOUR);

    assertThat(progress.isDue()).isFalse();
  }

  @Test
  void aClockThatRunsAheadDoesNotEndIt() {
    progress.passed(row(Operation.CREATE, 500 * HOUR), 900_000 * HOUR);
    progress.told();

    progress.passed(row(Operation.CREATE, 501 * HOUR), 501 * HOUR);

    assertThat(progress.isDue()).isTrue();
  }

  @Test
  void nothingIsKnownThatLiesAheadOfItsOwnClock() {
    now = 500 * HOUR;
    progress.passed(row(Operation.CREATE, 502 * HOUR), 502 * HOUR);

    assertThat(progress.isDue()).isTrue();
    assertThat(progress.committedMicros()).as("clocks differ").isEqualTo(500 * HOUR);
  }

  @Test
  void aCommitThatCannotBeTellsNothingOfTheBacklogAfterIt() {
    progress.passed(row(Operation.CREATE, 900_000 * HOUR), 499 * HOUR);
    assertThat(progress.isDue()).as("before any that can").isFalse();
    progress.passed(row(Operation.CREATE, 500 * HOUR), 500 * HOUR);
    progress.told();

    progress.passed(row(Operation.CREATE, 900_000 * HOUR), 900_000 * HOUR);
    assertThat(progress.committedMicros()).isEqualTo(500 * HOUR);
    assertThat(progress.isDue()).isFalse();

    progress.passed(row(Operation.CREATE, 501 * HOUR), 501 * HOUR);
    assertThat(progress.committedMicros()).as("the clock is right again").isEqualTo(501 * HOUR);
    assertThat(progress.isDue()).isTrue();
  }

  @Test
  void theLastCommitCounts() {
    progress.passed(row(Operation.CREATE, 600 * HOUR), 500 * HOUR);
    progress.passed(row(Operation.CREATE, 500 * HOUR), 500 * HOUR);

    assertThat(progress.committedMicros()).isEqualTo(500 * HOUR);
  }

  private static SourceRow row(Operation operation, long committedMicros) {
    return new SourceRow(READINGS, operation, 1, committedMicros, List.of());
  }
}
