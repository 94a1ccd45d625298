package dev.anneal.ingest;

import dev.anneal.schemas.Stage;
import dev.anneal.schemas.Topics;
import dev.anneal.stage.ClockWatch;
import dev.anneal.stage.PeriodicTask;
import dev.anneal.stage.RetryAlerts;
import dev.anneal.stage.StageConfiguration;
import dev.anneal.stage.StageKafka;
import dev.anneal.stage.TopicAdmin;
import dev.anneal.stage.TopicTable;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.DependsOn;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;

/// The stage, in the order of the data: definitions of the app database → `anneal.models` → one
/// capture for each organization → its telemetry and outcomes, or an alert.
@SpringBootConfiguration(proxyBeanMethods = false)
@ImportAutoConfiguration({
  DataSourceAutoConfiguration.class,
  JdbcTemplateAutoConfiguration.class,
  JdbcClientAutoConfiguration.class,
  FlywayAutoConfiguration.class
})
@Import(StageConfiguration.class)
@EnableConfigurationProperties(IngestSettings.class)
public class IngestApplication {
  public static void main(String[] arguments) {
    ClockWatch.endProcessWhenSetBack();
    application().run(arguments);
  }

  /// The application, not yet started.
  public static SpringApplicationBuilder application() {
    return new SpringApplicationBuilder(IngestApplication.class)
        .web(WebApplicationType.NONE)
        .properties("spring.config.name=" + Stage.INGEST.id());
  }

  @Bean
  Stage stage() {
    return Stage.INGEST;
  }

  @Bean
  PostgresAddress appDatabase(DataSourceProperties properties) {
    return PostgresAddress.of(
        properties.determineUrl(), properties.determineUsername(), properties.determinePassword());
  }

  @Bean
  CaptureLedger captureLedger(JdbcClient jdbc) {
    return new CaptureLedger(jdbc);
  }

  @Bean(destroyMethod = "shutdownNow")
  ScheduledExecutorService captureTimer() {
    return Executors.newScheduledThreadPool(
        1, Thread.ofPlatform().name("table-check").daemon().factory());
  }

  @Bean
  Capture.Context captureContext(
      IngestSettings settings,
      PostgresAddress appDatabase,
      CaptureLedger ledger,
      ScheduledExecutorService timer,
      InstantSource clock) {
    return new Capture.Context(settings, appDatabase, ledger, timer, clock);
  }

  @Bean
  PublishedDefinitions publishedDefinitions() {
    return new PublishedDefinitions();
  }

  @Bean
  TopicTable definitions(StageKafka kafka, PublishedDefinitions published) {
    return kafka.table(
        Topics.MODELS,
        (key, definition) -> {
          if (key.contains("/")) {
            published.modelSeen(key, definition != null);
          } else {
            published.organizationSeen(
                key, definition == null ? null : Wire.acceptedOrganization(definition));
          }
        });
  }

  // the captures depend on the table, so it has read what there is before they start

  @Bean
  @DependsOn("definitions")
  DefinitionCapture definitionCapture(
      Capture.Context context,
      TopicAdmin topics,
      StageKafka kafka,
      JdbcClient jdbc,
      PublishedDefinitions published) {
    return new DefinitionCapture(context, topics, kafka, jdbc, published);
  }

  @Bean
  @DependsOn("definitions")
  Captures captures(
      Capture.Context context,
      StageKafka kafka,
      TopicAdmin topics,
      PublishedDefinitions published) {
    var settings = context.settings();
    var passwords = new Passwords(System::getenv, settings.sources().secretsDirectory());
    var addresses = new SourceAddresses(settings.sources(), settings.movedPorts(), passwords);
    var access = new SourceAccess(addresses, kafka.deadLetters());
    return new Captures(context, kafka, topics, access, published);
  }

  @Bean
  CaptureAlerts captureAlerts(IngestSettings settings) {
    return new CaptureAlerts(settings.alertAfter());
  }

  @Bean
  TopicTable alerts(StageKafka kafka, CaptureAlerts alerts) {
    return kafka.table(
        Topics.ALERTS,
        (_, alert) -> {
          if (alert != null) {
            Wire.trouble(alert).ifPresent(alerts::published);
          }
        });
  }

  @Bean
  @DependsOn("alerts")
  PeriodicTask captureWatch(
      Capture.Context context,
      Captures captures,
      PublishedDefinitions published,
      CaptureAlerts alerts,
      StageKafka kafka,
      RetryAlerts retryAlerts) {
    var watch =
        new CaptureWatch(
            captures, published, alerts, kafka.publisher(Topics.ALERTS), context.clock());
    return new PeriodicTask("capture-watch", CaptureWatch.EVERY, retryAlerts, watch::look);
  }
}
