package dev.anneal.deployer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.stage.ArtifactSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;

class DeployerSettingsTest {
  private static DeployerSettings bind(Map<String, String> properties) {
    return new Binder(new MapConfigurationPropertySource(properties))
        .bindOrCreate("anneal.deployer", DeployerSettings.class);
  }

  private static ArtifactSettings artifacts(String uri) {
    return new Binder(new MapConfigurationPropertySource(Map.of("anneal.artifacts.uri", uri)))
        .bindOrCreate("anneal.artifacts", ArtifactSettings.class);
  }

  @Test
  void defaults() {
    assertThat(bind(Map.of()))
        .isEqualTo(
            new DeployerSettings(
                .05, 50, 5, .8, 3, Duration.ofSeconds(15), 1_000, DataSize.ofMegabytes(1)));
  }

  @Test
  void everythingCanBeSet() {
    var properties =
        Map.of(
            "anneal.deployer.significance", "0.01",
            "anneal.deployer.minimum-compared-rows", "20",
            "anneal.deployer.minimum-compared-positives", "2",
            "anneal.deployer.alert-calm-share", "0.5",
            "anneal.deployer.alert-calm-rows", "7",
            "anneal.deployer.load-retry-interval", "1m",
            "anneal.deployer.max-request-rows", "10",
            "anneal.deployer.max-request-size", "2KB");

    assertThat(bind(properties))
        .isEqualTo(
            new DeployerSettings(
                .01, 20, 2, .5, 7, Duration.ofMinutes(1), 10, DataSize.ofKilobytes(2)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "significance        | 0     | anneal.deployer.significance must be in (0, 0.5], was 0.0",
        "significance        | 0.8   | anneal.deployer.significance must be in (0, 0.5], was 0.8",
        "minimum-compared-rows | 1   | anneal.deployer.minimum-compared-rows must be in [2, …), was 1",
        "minimum-compared-positives | 0 | anneal.deployer.minimum-compared-positives must be in [1, …), was 0",
        "alert-calm-share    | 1.1   | anneal.deployer.alert-calm-share must be in (0, 1], was 1.1",
        "alert-calm-rows     | 0     | anneal.deployer.alert-calm-rows must be in [1, 10000], was 0",
        "load-retry-interval | 1ms   | anneal.deployer.load-retry-interval must be in [PT0.1S, …), was PT0.001S",
        "max-request-rows    | 0     | anneal.deployer.max-request-rows must be in [1, 100000], was 0",
        "max-request-size    | 65MB  | anneal.deployer.max-request-size must be in [1 B, 64 MB], was 68157440B"
      })
  void refusesNonsense(String property, String value, String message) {
    assertThatThrownBy(() -> bind(Map.of("anneal.deployer." + property, value)))
        .rootCause()
        .hasMessage(message);
  }

  @Test
  void artifactsAreInADirectory() {
    assertThat(artifacts("file:///var/a%20b").directory()).isEqualTo(Path.of("/var/a b"));
    assertThatThrownBy(() -> artifacts("s3://bucket"))
        .hasStackTraceContaining(
            "anneal.artifacts.uri must be a file:/// address, was s3://bucket");
  }
}
