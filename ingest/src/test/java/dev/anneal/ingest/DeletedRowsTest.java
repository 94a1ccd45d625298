package dev.anneal.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.ingest.SourceRow.Operation;
import dev.anneal.ingest.SourceRow.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DeletedRowsTest {
  private static final Instant T = Instant.parse("2026-11-30T09:00:00Z");

  private final DeletedRows deleted = new DeletedRows();

  private void delete(String table, int rows, Instant at) {
    var of = new Table("public", table, List.of("id"), Set.of("id"));
    for (int i = 0; i < rows; i++) {
      deleted.add(new SourceRow(of, Operation.DELETE, i, 0, List.of(i)), at);
    }
  }

  @Test
  void deletesOfATableAreOneCountOnceTheyPause() {
    delete("readings", 14_410, T);
    delete("failures", 1, T.plusSeconds(3));

    assertThat(deleted.due(T.plusSeconds(4))).isEmpty();
    assertThat(deleted.due(T.plus(DeletedRows.PAUSE)))
        .extracting(DeletedRows.Count::reason)
        .containsExactly("14410 rows of public.readings were deleted; what was delivered stays");
    assertThat(deleted.due(T.plusSeconds(8)))
        .singleElement()
        .satisfies(count -> assertThat(count.rows()).isEqualTo(1));
    assertThat(deleted.due(T.plusSeconds(9))).isEmpty();
  }

  @Test
  void deletesThatDoNotPauseAreCountedByTheHour() {
    for (int second = 0; second < 7_200; second++) {
      delete("readings", 2, T.plusSeconds(second));
      var due = deleted.due(T.plusSeconds(second));
      assertThat(due).hasSize(second == DeletedRows.LONGEST.toSeconds() ? 1 : 0);
    }

    assertThat(deleted.all())
        .singleElement()
        .satisfies(count -> assertThat(count.rows()).isEqualTo(2 * 3_599L));
    assertThat(deleted.due(T.plus(Duration.ofDays(1)))).isEmpty();
  }
}
