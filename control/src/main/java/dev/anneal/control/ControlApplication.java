package dev.anneal.control;

import dev.anneal.control.definitions.DefinitionStore;
import dev.anneal.control.monitor.Monitor;
import dev.anneal.control.monitor.Troubles;
import dev.anneal.control.schedule.ModelSchedule;
import dev.anneal.control.schedule.Tick;
import dev.anneal.control.schedule.TrainingSchedules;
import dev.anneal.schemas.ModelKey;
import dev.anneal.schemas.Stage;
import dev.anneal.schemas.Topics;
import dev.anneal.stage.ClockWatch;
import dev.anneal.stage.Dependencies;
import dev.anneal.stage.PeriodicTask;
import dev.anneal.stage.RetryAlerts;
import dev.anneal.stage.StageConfiguration;
import dev.anneal.stage.StageKafka;
import dev.anneal.stage.TopicTable;
import dev.anneal.stage.web.BodyLimits;
import dev.anneal.stage.web.WebConfiguration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.servlet.autoconfigure.HttpEncodingAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.transaction.support.TransactionTemplate;

/// The API, the schedules and the read models.
@SpringBootConfiguration(proxyBeanMethods = false)
@ImportAutoConfiguration({
  PropertyPlaceholderAutoConfiguration.class,
  DataSourceAutoConfiguration.class,
  DataSourceTransactionManagerAutoConfiguration.class,
  TransactionAutoConfiguration.class,
  JdbcTemplateAutoConfiguration.class,
  JdbcClientAutoConfiguration.class,
  FlywayAutoConfiguration.class,
  JacksonAutoConfiguration.class,
  HttpMessageConvertersAutoConfiguration.class,
  HttpEncodingAutoConfiguration.class,
  TomcatServletWebServerAutoConfiguration.class,
  DispatcherServletAutoConfiguration.class,
  WebMvcAutoConfiguration.class
})
@Import({StageConfiguration.class, WebConfiguration.class})
@EnableConfigurationProperties(ControlSettings.class)
public class ControlApplication {
  /// Bytes of a wish: its texts and hyper-parameters are far shorter.
  private static final int MAX_WISH = 64 << 10;

  public static void main(String[] args) {
    ClockWatch.endProcessWhenSetBack();
    application().run(args);
  }

  public static SpringApplicationBuilder application() {
    return new SpringApplicationBuilder(ControlApplication.class)
        .web(WebApplicationType.SERVLET)
        .properties("spring.config.name=control");
  }

  @Bean
  Stage stage() {
    return Stage.CONTROL;
  }

  @Bean
  LoopbackOnly loopbackOnly(ServerProperties server) {
    return new LoopbackOnly(server.getAddress());
  }

  @Bean
  BodyLimits bodyLimits() {
    return (method, _) -> method.equals("PUT") ? DefinitionsController.MAX_BYTES : MAX_WISH;
  }

  @Bean
  DefinitionStore definitionStore(
      JdbcClient jdbc, TransactionTemplate transactions, InstantSource clock) {
    return new DefinitionStore(jdbc, transactions, clock);
  }

  @Bean
  @ConditionalOnBooleanProperty(name = "anneal.control.schedule.enabled", matchIfMissing = true)
  TrainingSchedules trainingSchedules(
      DataSource dataSource,
      DefinitionStore definitions,
      StageKafka kafka,
      ControlSettings settings,
      InstantSource clock) {
    var publisher = kafka.publisher(Topics.SCHEDULE_TICKS);
    Consumer<Tick> ticks =
        tick -> {
          String key =
              new ModelKey(tick.schedule().organization(), tick.schedule().model()).toString();
          publisher.sendAndWait(key, Wire.tick(tick));
        };
    return new TrainingSchedules(
        dataSource,
        () -> enabledSchedules(definitions),
        ticks,
        clock,
        settings.schedule().pollInterval());
  }

  @Bean
  PeriodicTask reconciliation(
      TrainingSchedules schedules, ControlSettings settings, RetryAlerts alerts) {
    return new PeriodicTask(
        "schedules", settings.schedule().reconcileInterval(), alerts, schedules::reconcile);
  }

  private static List<ModelSchedule> enabledSchedules(DefinitionStore definitions) {
    return definitions.models().stream()
        .flatMap(
            m ->
                m.schedule() == null || !m.schedule().enabled()
                    ? Stream.empty()
                    : Stream.of(
                        new ModelSchedule(
                            m.organization(),
                            m.model(),
                            m.schedule().pattern(),
                            m.schedule().timezone())))
        .toList();
  }

  @Bean
  Monitor monitor(JdbcClient jdbc, TransactionTemplate transactions, InstantSource clock) {
    return new Monitor(jdbc, transactions, clock);
  }

  @Bean
  ConcurrentMessageListenerContainer<String, byte[]> lifecycle(StageKafka kafka, Monitor monitor) {
    return kafka.listener(
        Topics.LIFECYCLE, (_, event) -> monitor.lifecycle(Wire.event(event), Wire.change(event)));
  }

  @Bean
  ConcurrentMessageListenerContainer<String, byte[]> drift(StageKafka kafka, Monitor monitor) {
    return kafka.listener(
        Topics.DRIFT,
        (_, event) -> monitor.drift(Wire.event(event), Wire.decision(event), Wire.estimate(event)));
  }

  @Bean
  ConcurrentMessageListenerContainer<String, byte[]> deployments(
      StageKafka kafka, Monitor monitor) {
    return kafka.listener(
        Topics.DEPLOYMENTS, (_, deployment) -> monitor.deployment(Wire.serving(deployment)));
  }

  @Bean
  Troubles troubles() {
    return new Troubles();
  }

  @Bean
  TopicTable alerts(StageKafka kafka, Troubles troubles) {
    return kafka.table(
        Topics.ALERTS,
        (id, alert) ->
            Wire.trouble(alert).ifPresentOrElse(troubles::raised, () -> troubles.resolved(id)));
  }

  @Bean
  DefinitionsController definitionsController(
      DefinitionStore store,
      ControlSettings settings,
      ObjectProvider<TrainingSchedules> schedules) {
    return new DefinitionsController(
        store, settings.defaults(), () -> schedules.ifAvailable(TrainingSchedules::reconcile));
  }

  @Bean
  TrainingController trainingController(
      DefinitionStore definitions, Monitor monitor, StageKafka kafka, InstantSource clock) {
    var publishers =
        new TrainingController.Publishers(
            kafka.publisher(Topics.TRAIN_REQUESTS),
            kafka.publisher(Topics.TRAIN_CANCELS),
            kafka.publisher(Topics.DEPLOY_COMMANDS));
    return new TrainingController(
        definitions, monitor, publishers, clock, () -> UUID.randomUUID().toString());
  }

  @Bean
  DeadLettersController deadLettersController(StageKafka kafka) {
    return new DeadLettersController(kafka);
  }

  @Bean
  StatusController statusController(
      DefinitionStore definitions,
      Monitor monitor,
      Troubles troubles,
      Dependencies dependencies,
      InstantSource clock) {
    return new StatusController(definitions, monitor, troubles, dependencies, clock);
  }
}
