package dev.anneal.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.control.monitor.Trouble;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelStandingTest {
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          SOURCE_UNREACHABLE, no rows come: SOURCE_UNREACHABLE: because
          CAPTURE_FAILED, no rows come: CAPTURE_FAILED: because
          SOURCE_TABLES_MISSING, not all rows come: SOURCE_TABLES_MISSING: because
          """)
  void saysWhetherSomeRowsMayComeAllTheSame(String kind, String reason) {
    var trouble = new Trouble("alert", "acme", kind, "because", Instant.EPOCH);

    assertThat(ModelStanding.of(trouble, null, null, null))
        .isEqualTo(new ModelStanding("WAITING", reason));
  }
}
