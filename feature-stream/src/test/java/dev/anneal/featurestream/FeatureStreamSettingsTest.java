package dev.anneal.featurestream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class FeatureStreamSettingsTest {
  @Test
  void defaultsAreExactlyOnceAt100Milliseconds() {
    var settings = bind(Map.of());

    assertThat(settings.processingGuarantee()).isEqualTo(FeatureStreamSettings.Guarantee.EXACTLY_ONCE);
    assertThat(settings.commitInterval()).isEqualTo(Duration.ofMillis(100));
    assertThat(settings.threads()).isEqualTo(1);
    assertThat(settings.definitionPatience()).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void everySettingIsRead() {
    var settings =
        bind(
            Map.of(
                "processing-guarantee", "at-least-once",
                "commit-interval", "1s",
                "threads", "4",
                "state-directory", "/data/streams",
                "definition-patience", "5s"));

    assertThat(settings)
        .isEqualTo(
            new FeatureStreamSettings(
                FeatureStreamSettings.Guarantee.AT_LEAST_ONCE,
                Duration.ofSeconds(1),
                4,
                Path.of("/data/streams"),
                Duration.ofSeconds(5)));
  }

  @Test
  void settingsOutOfBoundsSaySo() {
    rejects("commit-interval", "1m", "anneal.feature-stream.commit-interval must be in [1 ms, 30 s], was PT1M");
    rejects("threads", "0", "anneal.feature-stream.threads must be in [1, 64], was 0");
    rejects("definition-patience", "5m", "anneal.feature-stream.definition-patience must be in [0 s, 120 s], was PT5M");
  }

  private static void rejects(String name, String value, String message) {
    assertThatThrownBy(() -> bind(Map.of(name, value))).hasRootCauseMessage(message);
  }

  private static FeatureStreamSettings bind(Map<String, String> values) {
    var properties = new java.util.HashMap<String, String>();
    values.forEach((name, value) -> properties.put("anneal.feature-stream." + name, value));
    return new Binder(new MapConfigurationPropertySource(properties))
        .bindOrCreate("anneal.feature-stream", FeatureStreamSettings.class);
  }
}
