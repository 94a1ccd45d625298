package dev.anneal.featurestream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ClassPathResource;

class FeatureStreamSettingsTest {
  @Test
  void defaultsAreExactlyOnceAt100Milliseconds() {
    var settings = bind(Map.of());

    assertThat(settings.processingGuarantee())
        .isEqualTo(FeatureStreamSettings.Guarantee.EXACTLY_ONCE);
    assertThat(settings.commitsEvery()).isEqualTo(Duration.ofMillis(100));
    assertThat(settings.threads()).isEqualTo(1);
    assertThat(settings.definitionPatience()).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void atLeastOnceCommitsOnceASecond() {
    var settings = bind(Map.of("processing-guarantee", "at-least-once"));

    assertThat(settings.commitsEvery()).isEqualTo(Duration.ofSeconds(1));
    assertThat(StreamsProperties.of(Map.of(), settings))
        .containsEntry("consumer.isolation.level", "read_committed");
  }

  @Test
  void whoHasAnInstanceIdIsAStaticMember() {
    assertThat(bind(Map.of()).isStaticMember()).isFalse();
    var settings = bind(Map.of("instance-id", "node-1"));
    assertThat(settings.isStaticMember()).isTrue();
    assertThat(StreamsProperties.of(Map.of(), settings))
        .containsEntry("consumer.group.instance.id", "node-1");
  }

  @Test
  void whatIsSetForKafkaGoesBeforeTheTuningButNotBeforeThePromises() {
    Map<String, Object> kafka =
        Map.of(
            "producer.linger.ms", 50,
            "num.standby.replicas", 1,
            "processing.guarantee", "at_least_once");

    assertThat(StreamsProperties.of(kafka, bind(Map.of())))
        .containsEntry("producer.linger.ms", 50)
        .containsEntry("num.standby.replicas", 1)
        .containsEntry("processing.guarantee", "exactly_once_v2");
  }

  @Test
  void aPauseWithinThePatienceNeitherAbortsTheTransactionNorLosesThePartitions() {
    Map<String, Object> kafka =
        Map.of("producer.transaction.timeout.ms", 10_000, "consumer.max.poll.interval.ms", 30_000);

    // two minutes for definitions, one for the registry, one for the log, half of one for a replay
    var longestPause = Duration.ofSeconds(120 + 60 + 60 + 30);
    var broker = Duration.ofMinutes(15); // transaction.max.timeout.ms
    assertThat(StreamsProperties.TRANSACTION_TIMEOUT).isBetween(longestPause, broker);
    assertThat(StreamsProperties.of(kafka, bind(Map.of())))
        .containsEntry("producer.transaction.timeout.ms", 300_000)
        .containsEntry("consumer.max.poll.interval.ms", 600_000);
  }

  @Test
  void theStateDirectoryIsAmongTheTemporaryFiles() {
    assertThat(bind(Map.of()).stateDirectory())
        .isEqualTo(Path.of(System.getProperty("java.io.tmpdir"), "anneal", "feature-stream"));
  }

  @Test
  void everySettingIsRead() {
    var settings =
        bind(
            Map.of(
                "processing-guarantee", "at-least-once",
                "commit-interval", "1s",
                "threads", "4",
                "instance-id", "node-1",
                "state-directory", "/data/streams",
                "definition-patience", "5s",
                "model-patience", "3d"));

    assertThat(settings)
        .isEqualTo(
            new FeatureStreamSettings(
                FeatureStreamSettings.Guarantee.AT_LEAST_ONCE,
                Duration.ofSeconds(1),
                4,
                "node-1",
                Path.of("/data/streams"),
                Duration.ofSeconds(5),
                Duration.ofDays(3)));
  }

  @Test
  void settingsOutOfBoundsSaySo() {
    rejects(
        "commit-interval",
        "1m",
        "anneal.feature-stream.commit-interval must be in [1 ms, 30 s], was PT1M");
    rejects(
        "instance-id",
        "a b",
        "anneal.feature-stream.instance-id must be 1 to 200 letters, digits, '.', '_' or '-', was"
            + " 'a b'");
    rejects("threads", "0", "anneal.feature-stream.threads must be in [1, 64], was 0");
    rejects(
        "definition-patience",
        "5m",
        "anneal.feature-stream.definition-patience must be in [0 s, 120 s], was PT5M");
    rejects(
        "model-patience",
        "1m",
        "anneal.feature-stream.model-patience must be in [1 h, 365 d], was PT1M");
  }

  private static void rejects(String name, String value, String message) {
    assertThatThrownBy(() -> bind(Map.of(name, value))).hasRootCauseMessage(message);
  }

  /// As the application does: the file's defaults below what is set.
  private static FeatureStreamSettings bind(Map<String, String> values) {
    var properties = new HashMap<String, Object>();
    values.forEach((name, value) -> properties.put("anneal.feature-stream." + name, value));
    var environment = new StandardEnvironment();
    environment.getPropertySources().addFirst(new MapPropertySource("set", properties));
    try {
      var file = new ClassPathResource("feature-stream.yml");
      new YamlPropertySourceLoader()
          .load("file", file)
          .forEach(environment.getPropertySources()::addLast);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Binder.get(environment)
        .bindOrCreate("anneal.feature-stream", FeatureStreamSettings.class);
  }
}
