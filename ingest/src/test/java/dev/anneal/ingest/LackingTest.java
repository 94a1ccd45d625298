package dev.anneal.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.ingest.Organization.Outcomes;
import dev.anneal.ingest.Organization.Sensor;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LackingTest {
  private static final Organization ACME =
      new Organization(
          "acme",
          new ScadaSource(
              "127.0.0.1",
              5432,
              "scada",
              "r",
              null,
              null,
              "public",
              List.of("readings", "r_[0-9]+")),
          "machine_id",
          "ts",
          "quality",
          List.of(new Sensor("temp", "temperature", null), new Sensor("vib", "vibration", null)),
          new Outcomes("failurs", "machine_id", "failed_at"),
          Qualities.Codes.IGNITION,
          Map.of());

  private static final Set<String> READINGS = Set.of("machine_id", "ts", "temp", "quality");

  @Test
  void nothingIsLackingWhereTheTablesHaveTheColumnsTogether() {
    var lacking =
        ACME.lacking(
            Map.of(
                "readings",
                READINGS,
                "r_1",
                Set.of("machine_id", "ts", "vib"),
                "failurs",
                Set.of("machine_id", "failed_at")),
            Set.of());

    assertThat(lacking).isEqualTo(Lacking.NOTHING);
  }

  @Test
  void aTableIsNamedWithTheOneThatMayHaveBeenMeant() {
    var lacking = ACME.lacking(Map.of("readings", READINGS), Set.of("readings", "failures"));

    assertThat(lacking.tables())
        .containsExactly("`r_[0-9]+`", "`failurs` (did you mean `failures`?)");
    assertThat(lacking.tablesReason()).startsWith("the source has no table `r_[0-9]+`, `failurs`");
  }

  @Test
  void aSensorThatNoTableHasIsNamedAndWhatATableNeeds() {
    var lacking =
        ACME.lacking(
            Map.of("readings", Set.of("ts", "temp", "quality"), "failurs", Set.of("machine_id")),
            Set.of());

    assertThat(lacking.columns())
        .containsExactlyInAnyOrder("`machine_id` in readings", "`failed_at` in failurs", "`vib`");
  }
}
