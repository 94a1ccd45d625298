package dev.anneal.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.events.ModelDefinition;
import dev.anneal.events.OrganizationDefinition;
import dev.anneal.events.RegimeSettings;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WireTest {
  private static final Instant NOW = Instant.EPOCH;
  private static final String ORGANIZATION =
      """
      {"name": "acme",
       "source": {"host": "h", "port": 5432, "database": "d", "user": "u", "tables": ["readings"]},
       "assetColumn": "machine_id", "timeColumn": "ts",
       "sensors": [{"column": "temp", "name": "temperature", "unitConversion": "°F → °C"}]}
      """;
  private static final String MODEL =
      """
      {"organization": "acme", "model": "pump", "task": "binary", "failureWithinSeconds": 86400,
       "sensors": ["temperature"], "lagSeconds": [60], "rollingWindows": ["5", "10m"],
       "regimes": {"settings": ["temperature"], "count": 3},
       "failureProbability": 0.85, "confidenceThreshold": 1, "hyperparameters": {"eta": "0.1"},
       "schedule": {"pattern": "0 2 * * 0", "timezone": "UTC", "enabled": true},
       "retryAttempts": 3, "notifyOnSuccess": true, "notifyOnFailure": false,
       "drift": {"cooldownSeconds": 1, "minimumLabels": 2, "initialHistorySeconds": 3, "persistence": 3, "persistenceOf": 4},
       "gate": {"minAccuracy": 0.7, "minPrecision": 0.7, "minRecall": 0.7, "maxSizeBytes": 100, "maxLatencyMillis": 5}}
      """;

  @Test
  void readsPlainJsonInTheShapeOfTheRecord() {
    // When
    var organization = Wire.organizationDefinition("acme", ORGANIZATION, NOW);
    var model = Wire.modelDefinition("acme", "pump", MODEL, NOW);

    // Then what is missing is the default
    var read = (OrganizationDefinition) organization.getDefinition();
    assertThat(read.getSource().getSchema$()).isEqualTo("public");
    assertThat(read.getQualityColumn()).isNull();
    assertThat(Wire.organization(organization))
        .isNotNull()
        .extracting(Organization::sensorNames)
        .asString()
        .contains("temperature");
    var pump = (ModelDefinition) model.getDefinition();
    assertThat(pump.getDrift().getEnabled()).isTrue();
    assertThat(pump.getConfidenceThreshold()).isEqualTo(1.0);
    assertThat(pump.getHyperparameters()).containsEntry("eta", "0.1");
    assertThat(pump.getSchedule().getPattern()).isEqualTo("0 2 * * 0");
    assertThat(pump.getRegimes()).isEqualTo(new RegimeSettings(List.of("temperature"), 3));
    assertThat(Wire.organization(model)).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"port\": 5432 | \"port\": \"x\" | source.port: expected int, found \"x\"",
        "\"port\": 5432 | \"port\": 5432.5 | source.port: expected int, found 5432.5",
        "\"port\": 5432 | \"port\": 70000 | source.port must be in [1, 65535], was 70000",
        "\"port\": 5432, | '' | source.port is missing",
        "\"host\" | \"hots\" | source.host is missing",
        "\"timeColumn\" | \"colour\": 1, \"timeColumn\" | OrganizationDefinition has no field [colour]",
        "[\"readings\"] | [] | source.tables must name at least one table",
        "[\"readings\"] | [7] | source.tables[0]: expected string, found 7",
        "[\"readings\"] | [\"a(\"] | source.tables: `a(`: Unclosed group",
        "\"temperature\" | \"Temp\" | sensors: `Temp` does not match [a-z][a-z0-9_]{0,62}",
        "°F → °C | °F → bar | `°F → bar`: °F measures temperature, bar measures pressure",
        "\"acme\" | \"other\" | name: expected `acme`, found `other`",
        "{\"name\" | {{\"name\" | document: no JSON"
      })
  void aBrokenDocumentSaysWhereItIsBroken(String from, String to, String message) {
    String broken = ORGANIZATION.replace(from, to);
    assertThat(broken).isNotEqualTo(ORGANIZATION);

    assertThatThrownBy(() -> Wire.organizationDefinition("acme", broken, NOW))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aModelMustBeTheOneOfItsRow() {
    assertThatThrownBy(() -> Wire.modelDefinition("acme", "fan", MODEL, NOW))
        .hasMessage("model: expected `fan`, found `pump`");
    assertThatThrownBy(() -> Wire.modelDefinition("acme", "pump", "null", NOW))
        .hasMessage("document: expected record, found null");
  }
}
