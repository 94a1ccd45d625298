package dev.anneal.featurestream;

import dev.anneal.schemas.Stage;
import dev.anneal.stage.ClockWatch;
import dev.anneal.stage.StageConfiguration;
import dev.anneal.stage.StageKafka;
import dev.anneal.stage.TopicSettings;
import java.util.Properties;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/// The stage `feature-stream`.
@SpringBootConfiguration(proxyBeanMethods = false)
@Import(StageConfiguration.class)
@EnableConfigurationProperties(FeatureStreamSettings.class)
public class FeatureStreamApplication {
  public static void main(String[] args) {
    ClockWatch.endProcessWhenSetBack();
    application().run(args);
  }

  /// Reads `feature-stream.yml`.
  public static SpringApplicationBuilder application() {
    return new SpringApplicationBuilder(FeatureStreamApplication.class)
        .web(WebApplicationType.NONE)
        .properties("spring.config.name=" + Stage.FEATURE_STREAM.id());
  }

  @Bean
  Stage stage() {
    return Stage.FEATURE_STREAM;
  }

  @Bean
  StreamsRunner streams(
      StageKafka stage,
      KafkaProperties kafka,
      TopicSettings topics,
      FeatureStreamSettings settings) {
    Properties properties = StreamsProperties.of(kafka.buildStreamsProperties(), settings);
    FailedRecords.handle(properties, stage.registry());
    var topology =
        new FeatureStreamTopology(
            stage.registry(),
            () -> new KafkaTelemetryLog(properties),
            topics.partitions(),
            settings.definitionPatience(),
            settings.modelPatience());
    return new StreamsRunner(() -> topology.build(properties), properties, settings);
  }
}
