package dev.anneal.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.util.unit.DataSize;

class TrainerSettingsTest {
  private static TrainerSettings bind(Map<String, String> values) {
    var properties = new HashMap<String, Object>();
    properties.put("spring.config.name", "trainer");
    values.forEach((name, value) -> properties.put("anneal.trainer." + name, value));
    var environment = new StandardEnvironment();
    environment.getPropertySources().addFirst(new MapPropertySource("test", properties));
    ConfigDataEnvironmentPostProcessor.applyTo(environment);
    return Binder.get(environment).bindOrCreate("anneal.trainer", TrainerSettings.class);
  }

  @Test
  void hasDefaults() {
    var settings = bind(Map.of());
    assertThat(settings.runsAtOnce()).isEqualTo(2);
    assertThat(settings.timeLimit()).isEqualTo(Duration.ofHours(2));
    assertThat(settings.retryDelays())
        .containsExactly(Duration.ofMinutes(5), Duration.ofMinutes(15), Duration.ofMinutes(45));
    assertThat(settings.memory()).isEqualTo(DataSize.ofGigabytes(1));
  }

  @Test
  void worksInTheTemporaryDirectoryUnlessToldOtherwise() {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    assertThat(bind(Map.of()).workDirectory()).isEqualTo(temporary.resolve("anneal-trainer"));
    assertThat(bind(Map.of("work-directory", "/data/work")).workDirectory())
        .isEqualTo(Path.of("/data/work"));
  }

  @Test
  void takesItsValuesFromTheProperties() {
    var settings =
        bind(
            Map.of(
                "runs-at-once",
                "5",
                "retry-delays",
                "1s,2s",
                "memory",
                "512MB",
                "dataset",
                "64MB",
                "threads",
                "3"));
    assertThat(settings.runsAtOnce()).isEqualTo(5);
    assertThat(settings.retryDelays())
        .containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(2));
    assertThat(settings.memory()).isEqualTo(DataSize.ofMegabytes(512));
    assertThat(settings.threads()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "memory|9GB|anneal.trainer.memory must be in (0, 2 GB], was 9216 MB",
        "dataset|1GB|anneal.trainer.dataset must be in (0, anneal.trainer.memory / 2], was 1024 MB",
        "runs-at-once|0|anneal.trainer.runs-at-once must be in [1, 64], was 0",
        "time-limit|0s|anneal.trainer.time-limit must be in (0, 7 d], was PT0S",
        "retry-delays|-1s|anneal.trainer.retry-delays must be in (0, 7 d], at least one, was [PT-1S]",
        "threads|-1|anneal.trainer.threads must be in [0, 256], was -1",
        "minimum-training-positives|0|anneal.trainer.minimum-training-positives must be in [1, …), was 0"
      })
  void refuses(String property, String value, String message) {
    assertThatThrownBy(() -> bind(Map.of(property, value))).rootCause().hasMessage(message);
  }
}
