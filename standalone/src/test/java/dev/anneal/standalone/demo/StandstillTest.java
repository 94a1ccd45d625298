package dev.anneal.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.standalone.demo.Standstill.Rows;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class StandstillTest {
  private static final Instant EARLY = Instant.parse("2024-01-01T00:00:00Z");
  private static final Instant LATE = Instant.parse("2024-01-02T00:00:00Z");

  private static String stage(Rows rows, int trainings) {
    var done = new Rows("other", LATE, LATE, 5, 5, true, LATE);
    return Standstill.stage(List.of(done, rows), trainings);
  }

  @Test
  void namesTheFirstStageThatHasNotDoneWhatItHasGot() {
    assertThat(stage(new Rows("acme", LATE, null, 0, 0, false, null), 0))
        .isEqualTo("ingest (acme: rows up to 2024-01-02T00:00:00Z are written, read up to null)");
    assertThat(stage(new Rows("acme", LATE, EARLY, 7, 7, false, null), 0)).startsWith("ingest");
    assertThat(stage(new Rows("acme", LATE, LATE, 7, 6, false, null), 1))
        .isEqualTo("feature-stream (acme: 7 rows are read, 6 have features)");
    assertThat(stage(new Rows("acme", LATE, LATE, 7, 7, true, EARLY), 0)).startsWith("deployer");
    assertThat(stage(new Rows("acme", LATE, LATE, 7, 7, false, null), 1))
        .isEqualTo("trainer (1 trainings have not ended)");
    assertThat(stage(new Rows("acme", LATE, LATE, 7, 7, true, LATE), 0)).startsWith("none");
  }
}
