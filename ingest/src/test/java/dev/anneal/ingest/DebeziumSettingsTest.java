package dev.anneal.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.debezium.config.Configuration;
import io.debezium.config.Field;
import io.debezium.connector.postgresql.PostgresConnectorConfig;
import io.debezium.embedded.async.AsyncEngineConfig;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/// Debezium reads what it knows and says nothing of the rest.
class DebeziumSettingsTest {
  /// Names that begin so are ours, PostgreSQL's driver's, or have a part that is free.
  private static final List<String> FREE =
      List.of("driver.", "decimal.", "offset.storage", "snapshot.select.statement.overrides");

  private static Properties settings() {
    var app = new PostgresAddress("127.0.0.1", 5432, "anneal", "anneal", "secret", Map.of());
    var settings =
        new Binder(new MapConfigurationPropertySource())
            .bindOrCreate("anneal.ingest", IngestSettings.class);
    return DebeziumSettings.of(CapturePlan.ofDefinitions(app), Map.of(), settings, app);
  }

  @Test
  void debeziumKnowsEveryName() {
    Set<String> known = new HashSet<>();
    for (Field.Set fields :
        List.of(
            AsyncEngineConfig.ALL_FIELDS,
            PostgresConnectorConfig.ALL_FIELDS,
            Field.setOf(AsyncEngineConfig.TASK_MANAGEMENT_TIMEOUT_MS))) {
      fields.forEach(field -> known.add(field.name()));
    }

    assertThat(settings().stringPropertyNames())
        .filteredOn(name -> FREE.stream().noneMatch(name::startsWith))
        .allSatisfy(name -> assertThat(known).contains(name));
  }

  @Test
  void theTimeForATaskToStartIsOurs() {
    assertThat(Configuration.from(settings()).getLong(AsyncEngineConfig.TASK_MANAGEMENT_TIMEOUT_MS))
        .isEqualTo(300_000);
  }
}
