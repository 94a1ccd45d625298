package dev.anneal.stage;

import dev.anneal.schemas.HttpSchemaRegistry;
import dev.anneal.schemas.SchemaRegistry;
import dev.anneal.schemas.Stage;
import dev.anneal.schemas.Topics;
import dev.anneal.stage.Dependencies.Dependency;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Imported by every stage's application, which declares a [Stage] bean. A [SchemaRegistry] or
/// [InstantSource] bean that is there before, a test's, replaces the one made here.
@Configuration(proxyBeanMethods = false)
@ImportAutoConfiguration(KafkaAutoConfiguration.class)
@EnableConfigurationProperties({RegistrySettings.class, TopicSettings.class})
public class StageConfiguration {
  private static final int QUERY_SECONDS = 5;

  @Bean
  @ConditionalOnMissingBean
  InstantSource clock() {
    return InstantSource.system();
  }

  @Bean
  @ConditionalOnMissingBean
  SchemaRegistry schemaRegistry(RegistrySettings settings) {
    return new HttpSchemaRegistry(settings.url());
  }

  @Bean
  TopicAdmin topicAdmin(
      KafkaProperties properties,
      TopicSettings settings,
      StageKafka kafka,
      RegistrySettings registry) {
    return new TopicAdmin(
        properties.buildAdminProperties(), settings, kafka.registry(), registry.url().toString());
  }

  @Bean
  StageKafka stageKafka(
      Stage stage, KafkaProperties properties, SchemaRegistry registry, InstantSource clock) {
    return new StageKafka(stage, properties, registry, clock);
  }

  @Bean
  KafkaCheck kafkaCheck(KafkaProperties properties) {
    return new KafkaCheck(properties.buildAdminProperties());
  }

  /// With the database where the stage has one.
  @Bean
  Dependencies dependencies(
      KafkaCheck kafka, SchemaRegistry registry, ObjectProvider<DataSource> database) {
    var all = new ArrayList<Dependency>();
    all.add(new Dependency("kafka", kafka));
    all.add(new Dependency("registry", registry::ping));
    database.ifAvailable(source -> all.add(new Dependency("database", () -> ask(source))));
    return new Dependencies(all);
  }

  private static void ask(DataSource database) throws SQLException {
    try (var connection = database.getConnection();
        var statement = connection.createStatement()) {
      statement.setQueryTimeout(QUERY_SECONDS);
      statement.execute("select 1");
    }
  }

  @Bean
  RetryAlerts retryAlerts(StageKafka kafka) {
    return kafka.retryAlerts();
  }

  /// An alert that a process of the stage raised before it was killed is resolved by the next.
  @Bean
  TopicTable retryAlertTable(StageKafka kafka, RetryAlerts alerts) {
    return kafka.table(
        Topics.ALERTS,
        (_, alert) -> {
          if (alert != null) {
            alerts.restore(alert);
          }
        });
  }
}
