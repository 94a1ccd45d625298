package dev.anneal.control.definitions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.control.definitions.Definitions.Reading;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConsequencesTest {
  private static final String DOCUMENT =
      """
      organization: mill
      scadaDbConfig: {host: db, database: scada, user: anneal, passwordEnv: ANNEAL_SOURCE_MILL__PASSWORD, tables: ["readings"]}
      schemaConfig:
        assetColumn: machine_id
        timeColumn: ts
        continuousColumns: [temperature]
        outcomes: {table: failures, assetColumn: machine_id, timeColumn: failed_at}
      models:
        - name: pump-failure
          task: binary
          target: {failureWithin: 24h}
          features: [temperature]
          hyperparameters: {numLeaves: 31}
          drift: {sensorLimits: {farRanges: 1}, lossDetector: adwin}
      """;

  private static Definitions read(String document) throws DocumentParser.Malformed {
    var reading = DefinitionReader.read(DocumentParser.yaml(document), new ModelDefaults(3, .7));
    return ((Reading.Valid) reading).definitions();
  }

  private static List<String> differences(String to) throws DocumentParser.Malformed {
    return Consequences.differences(DocumentParser.yaml(DOCUMENT), DocumentParser.yaml(to));
  }

  private static List<String> next(String from, String to) throws DocumentParser.Malformed {
    return Consequences.next(
        read(DOCUMENT).models().getFirst(), read(DOCUMENT.replace(from, to)).models().getFirst());
  }

  @Test
  void aDifferenceIsShownAsTheDocumentsAreWritten() throws Exception {
    assertThat(differences(DOCUMENT.replace("drift: {", "drift: {minimumLabels: 300, ")))
        .containsExactly("models.pump-failure.drift.minimumLabels: not said → 300");
    assertThat(differences(DOCUMENT.replaceAll(", outcomes.*|  outcomes: .*", "")))
        .containsExactly(
            "schemaConfig.outcomes: {\"table\":\"failures\",\"assetColumn\":\"machine_id\","
                + "\"timeColumn\":\"failed_at\"} → not said");
    assertThat(differences(DOCUMENT.replace("[temperature]", "[temperature, pressure]")))
        .contains(
            "schemaConfig.continuousColumns: [\"temperature\"] → [\"temperature\",\"pressure\"]");
  }

  @Test
  void whatHoldsAtOnceHasNoConsequence() throws Exception {
    assertThat(next("drift: {", "drift: {minimumLabels: 300, ")).isEmpty();
    assertThat(next("24h", "24h")).isEmpty();
  }

  @Test
  void whatBeginsAnewIsSaid() throws Exception {
    assertThat(next("lossDetector: adwin", "lossDetector: ddm"))
        .containsExactly(
            "pump-failure: the loss detector begins anew: what adwin has heard is forgotten");
    assertThat(next("farRanges: 1", "farRanges: 2"))
        .singleElement()
        .asString()
        .contains("far out of range", "from now on");
    assertThat(next("numLeaves: 31", "numLeaves: 63"))
        .singleElement()
        .asString()
        .contains("with the next training");
  }

  @Test
  void anotherDatabaseIsReadFromItsBeginning() throws Exception {
    var before = read(DOCUMENT).organization();

    assertThat(
            Consequences.next(
                before, read(DOCUMENT.replace("host: db", "host: new")).organization()))
        .containsExactly(
            "the source is another database: all its rows are read, and the slot in db:5432/scada is dropped");
    assertThat(
            Consequences.next(
                before, read(DOCUMENT.replace("user: anneal", "user: other")).organization()))
        .isEmpty();
    assertThat(Consequences.next(null, before)).isEmpty();
  }
}
