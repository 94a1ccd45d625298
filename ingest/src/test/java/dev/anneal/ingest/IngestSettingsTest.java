package dev.anneal.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class IngestSettingsTest {
  private static IngestSettings bind(Map<String, String> properties) {
    return new Binder(new MapConfigurationPropertySource(properties))
        .bindOrCreate("anneal.ingest", IngestSettings.class);
  }

  @Test
  void defaultsAreTheMeasuredOnes() {
    assertThat(bind(Map.of()))
        .isEqualTo(
            new IngestSettings(
                Duration.ofMillis(5),
                32_768,
                8_192,
                Duration.ofMillis(200),
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ofSeconds(45),
                Duration.ofSeconds(1),
                Duration.ofSeconds(30),
                Map.of()));
  }

  @Test
  void aMovedServersDefinitionsStayWhatTheyAre() {
    // Given a server of this machine that had port 5442
    var moved = bind(Map.of("anneal.ingest.moved-ports.5442", "40123")).movedPorts();
    var access = new SourceAccess(new Passwords(_ -> "secret"), moved, null);

    // Then it is reached where it is, and its log is the same
    assertThat(access.address(at("127.0.0.1", 5442)).port()).isEqualTo(40_123);
    assertThat(at("127.0.0.1", 5442).log()).contains("127.0.0.1:5442");
    assertThat(access.address(at("127.0.0.1", 5432)).port()).isEqualTo(5432);
    assertThat(access.address(at("scada.example.com", 5442)).port()).isEqualTo(5442);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "poll-interval | 1m | anneal.ingest.poll-interval must be in [PT0.001S, PT10S], was PT1M",
        "offset-flush | 2m | anneal.ingest.offset-flush must be in [PT0S, PT1M], was PT2M",
        "heartbeat | 1ms | anneal.ingest.heartbeat must be in [PT0.1S, PT10M], was PT0.001S",
        "table-check | 2h | anneal.ingest.table-check must be in [PT0.1S, PT1H], was PT2H",
        "alert-after | 2h | anneal.ingest.alert-after must be in [PT0.1S, PT1H], was PT2H",
        "first-backoff | 0s | anneal.ingest.first-backoff must be in [PT0.01S, PT1M], was PT0S",
        "longest-backoff | 1ms | anneal.ingest.longest-backoff must be in [PT1S, PT10M], was PT0.001S",
        "max-batch-size | 0 | anneal.ingest.max-batch-size must be in [1, 100000], was 0",
        "max-queue-size | 8192 | anneal.ingest.max-queue-size must be in (max-batch-size 8192, 1000000], was 8192"
      })
  void refusesNonsense(String name, String value, String message) {
    assertThatThrownBy(() -> bind(Map.of("anneal.ingest." + name, value)))
        .isInstanceOf(BindException.class)
        .hasRootCauseMessage(message);
  }

  @Test
  void readsTheAppDatabaseFromTheUrl() {
    var address =
        PostgresAddress.of(
            "jdbc:postgresql://db:5433/anneal?user=ann&password=s%2Bcret", "x", null);

    assertThat(address).isEqualTo(new PostgresAddress("db", 5433, "anneal", "ann", "s+cret"));
    assertThat(address.toString()).isEqualTo("ann@db:5433/anneal");
    assertThat(PostgresAddress.of("jdbc:postgresql://db/anneal", "u", "p"))
        .isEqualTo(new PostgresAddress("db", 5432, "anneal", "u", "p"));
    assertThatThrownBy(() -> PostgresAddress.of("jdbc:h2:mem:x", "u", "p"))
        .hasMessageContaining("jdbc:postgresql://");
  }

  @Test
  void slotsAreNamesPostgresTakes() {
    assertThat(CapturePlan.slot("acme-north")).isEqualTo("anneal_scada_acme_north");
    assertThat(CapturePlan.slot("a".repeat(63))).hasSize(63).startsWith("anneal_scada_aaa");
    assertThat(CapturePlan.slot("a".repeat(62) + "b"))
        .isNotEqualTo(CapturePlan.slot("a".repeat(62) + "c"));
  }

  private static ScadaSource at(String host, int port) {
    return new ScadaSource(host, port, "d", "u", "VARIABLE", null, "public", List.of("t"));
  }

  private static ScadaSource source(@Nullable String env, @Nullable String file) {
    return new ScadaSource("h", 1, "d", "u", env, file, "public", List.of("t"));
  }

  @Test
  void passwordsComeFromWhereTheDefinitionSays(@TempDir Path directory) throws IOException {
    // Given
    Path file = Files.writeString(directory.resolve("password"), "from-file\n");
    var passwords = new Passwords(Map.of("SCADA", "from-variable")::get);

    // Then
    assertThat(passwords.of(source("SCADA", null))).isEqualTo("from-variable");
    assertThat(passwords.of(source(null, file.toString()))).isEqualTo("from-file");
    assertThat(passwords.of(source(null, null))).isEmpty();
    assertThatThrownBy(() -> passwords.of(source("OTHER", null)))
        .hasMessage("the password's environment variable OTHER is not set where ingest runs");
    assertThatThrownBy(() -> passwords.of(source(null, "/nowhere/x")))
        .hasMessage("the password's file /nowhere/x cannot be read where ingest runs");
  }
}
