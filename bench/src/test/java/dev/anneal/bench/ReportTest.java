package dev.anneal.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ReportTest {
  @Test
  void jsonHasTheMachineTheGoalsAndTheRows() throws IOException {
    // Given
    var report = new Report("anneal bench test");
    report.table("speed", "contestant", "rows/s").add("loop", 476_000.0);
    report.table("later", "contestant", "rows/s").add("nobody", Double.NaN);
    report.goal(Goal.atLeast("ratio", "×", .6, .62));
    report.goal(Goal.atMost("latency", "ms", 60, 61));

    // When
    var json = new ObjectMapper().readTree(report.json());

    // Then
    assertThat(json.at("/machine/cores").asInt()).isPositive();
    assertThat(json.at("/goals/0/met").asBoolean()).isTrue();
    assertThat(json.at("/goals/1/met").asBoolean()).isFalse();
    assertThat(json.at("/goals/1/bound").asText()).isEqualTo("at most");
    assertThat(json.at("/rows/0/rows~1s").asDouble()).isEqualTo(476_000);
    assertThat(json.at("/rows/1/rows~1s").isNull()).isTrue();
  }

  @Test
  void markdownShowsMissedGoals() {
    // Given
    var report = new Report("anneal bench test");
    report.table("speed", "contestant", "rows/s").add("loop", 476_000.0);
    report.table("nothing in it", "contestant");
    report.goal(Goal.atMost("latency", "ms", 60, 61));

    // When
    String text = report.markdown();

    // Then
    assertThat(text)
        .contains("| loop | 476 000 |")
        .contains("| latency | ms | ≤ 60 | 61 | **no** |")
        .doesNotContain("nothing in it");
  }

  @Test
  void whatCouldNotBeMeasuredWasNotMet() {
    assertThat(Goal.atLeast("ratio", "×", .6, Double.NaN).isMet()).isFalse();
    assertThat(Goal.atMost("ratio", "×", .6, Double.NaN).isMet()).isFalse();
  }

  @Test
  void aRowHasACellForEachColumn() {
    var table = new Table("speed", "contestant", "rows/s");
    assertThatThrownBy(() -> table.add("loop")).hasMessageContaining("2 columns, the row 1");
  }
}
