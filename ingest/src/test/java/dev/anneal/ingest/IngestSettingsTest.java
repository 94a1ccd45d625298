package dev.anneal.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
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
                Map.of(),
                new SourceSettings(Path.of("/run/secrets"), List.of(), "prefer", null)));
  }

  @Test
  void aMovedServersDefinitionsStayWhatTheyAre() {
    // Given a server of this machine that had port 5442
    var settings = bind(Map.of("anneal.ingest.moved-ports.5442", "40123"));
    var passwords = new Passwords(_ -> "secret", Path.of("/run/secrets"));
    var addresses = new SourceAddresses(settings.sources(), settings.movedPorts(), passwords);

    // Then it is reached where it is, and its log is the same
    assertThat(addresses.of("acme", at("127.0.0.1", 5442)).port()).isEqualTo(40_123);
    assertThat(at("127.0.0.1", 5442).log()).contains("127.0.0.1:5442");
    assertThat(addresses.of("acme", at("127.0.0.1", 5432)).port()).isEqualTo(5432);
    assertThat(addresses.of("acme", at("scada.example.com", 5442)).port()).isEqualTo(5442);
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
        "sources.ssl-mode | yes | anneal.ingest.sources.ssl-mode must be one of disable, prefer, require, verify-ca, verify-full, was \"yes\"",
        "sources.allowed-hosts | db:5432 | anneal.ingest.sources.allowed-hosts must be host names such as a.example.com or *.example.com, without port, was \"db:5432\"",
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
            "jdbc:postgresql://db:5433/anneal?user=ann&password=s%2Bcret&sslmode=verify-full",
            "x", null);

    assertThat(address)
        .isEqualTo(
            new PostgresAddress(
                "db", 5433, "anneal", "ann", "s+cret", Map.of("sslmode", "verify-full")));
    assertThat(address.toString()).isEqualTo("ann@db:5433/anneal");
    assertThat(PostgresAddress.of("jdbc:postgresql://db/anneal", "u", "p"))
        .isEqualTo(new PostgresAddress("db", 5432, "anneal", "u", "p", Map.of()));
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
    return new ScadaSource(
        host, port, "d", "u", "ANNEAL_SOURCE_ACME__PASSWORD", null, "public", List.of("t"));
  }
}
