package dev.anneal.stage;

import dev.anneal.schemas.HttpSchemaRegistry;
import dev.anneal.schemas.SchemaRegistry;
import dev.anneal.schemas.Stage;
import java.time.InstantSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Imported by every stage's application, which declares a [Stage] bean. A [SchemaRegistry] or
/// [InstantSource] bean of the application replaces the one made here.
@Configuration(proxyBeanMethods = false)
@ImportAutoConfiguration(KafkaAutoConfiguration.class)
@EnableConfigurationProperties({RegistrySettings.class, TopicSettings.class})
public class StageConfiguration {
  @Bean
  TopicAdmin topicAdmin(KafkaProperties properties, TopicSettings settings, StageKafka kafka) {
    return new TopicAdmin(properties.buildAdminProperties(), settings, kafka.registry());
  }

  @Bean
  StageKafka stageKafka(
      Stage stage,
      KafkaProperties properties,
      RegistrySettings settings,
      ObjectProvider<SchemaRegistry> registry,
      ObjectProvider<InstantSource> clock) {
    return new StageKafka(
        stage,
        properties,
        registry.getIfAvailable(() -> new HttpSchemaRegistry(settings.url())),
        clock.getIfAvailable(InstantSource::system));
  }
}
