package dev.anneal.trainer;

import dev.anneal.events.LifecycleEvent;
import dev.anneal.modelstore.LocalArtifactStore;
import dev.anneal.schemas.AvroSerde;
import dev.anneal.schemas.ModelKey;
import dev.anneal.schemas.Stage;
import dev.anneal.schemas.Topics;
import dev.anneal.stage.ArtifactSettings;
import dev.anneal.stage.ClockWatch;
import dev.anneal.stage.PeriodicTask;
import dev.anneal.stage.RetryAlerts;
import dev.anneal.stage.StageConfiguration;
import dev.anneal.stage.StageKafka;
import dev.anneal.stage.TopicTable;
import java.time.InstantSource;
import javax.sql.DataSource;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.context.ConfigurationPropertiesAutoConfiguration;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.DependsOn;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.transaction.support.TransactionTemplate;

/// The trainer: requests → runs → a training process each → artifact → lifecycle.
@SpringBootConfiguration(proxyBeanMethods = false)
@ImportAutoConfiguration({
  PropertyPlaceholderAutoConfiguration.class,
  ConfigurationPropertiesAutoConfiguration.class,
  DataSourceAutoConfiguration.class,
  DataSourceTransactionManagerAutoConfiguration.class,
  TransactionAutoConfiguration.class,
  JdbcTemplateAutoConfiguration.class,
  JdbcClientAutoConfiguration.class,
  FlywayAutoConfiguration.class
})
@Import(StageConfiguration.class)
@EnableConfigurationProperties({TrainerSettings.class, ArtifactSettings.class})
public class TrainerApplication {
  /// The application, ready to run; its settings are in `trainer.yml`.
  public static SpringApplicationBuilder application() {
    return new SpringApplicationBuilder(TrainerApplication.class)
        .web(WebApplicationType.NONE)
        .properties("spring.config.name=" + Stage.TRAINER.id());
  }

  public static void main(String[] arguments) {
    ClockWatch.endProcessWhenSetBack();
    application().run(arguments);
  }

  @Bean
  Stage stage() {
    return Stage.TRAINER;
  }

  // what there is to train

  @Bean
  Definitions definitions() {
    return new Definitions();
  }

  @Bean
  TopicTable definitionTable(StageKafka kafka, Definitions definitions) {
    return kafka.table(
        Topics.MODELS,
        (key, value) ->
            definitions.apply(key, value == null ? null : Wire.model(value).orElse(null)));
  }

  // requests and cancels become rows

  @Bean
  Runs runs(JdbcClient jdbc, TransactionTemplate transactions) {
    return new Runs(jdbc, transactions);
  }

  @Bean
  Outbox outbox(JdbcClient jdbc, StageKafka kafka, InstantSource clock) {
    var serializer = new AvroSerde<>(LifecycleEvent.class, kafka.registry()).serializer();
    return new Outbox(jdbc, serializer, Topics.LIFECYCLE.name(), clock);
  }

  @Bean
  Requests requests(Runs runs, Outbox outbox, Definitions definitions, RunScheduler scheduler) {
    return new Requests(runs, outbox, definitions, scheduler);
  }

  @Bean
  UndefinedRequests undefinedRequests(
      Definitions definitions, TopicTable definitionTable, Requests requests) {
    return new UndefinedRequests(
        definitions, definitionTable::caughtUp, requests::decide, System::nanoTime);
  }

  @Bean
  PeriodicTask undefinedRequestsTask(UndefinedRequests undefined, RetryAlerts alerts) {
    return new PeriodicTask(
        "undefined-requests", UndefinedRequests.POLL, alerts, undefined::decideDue);
  }

  @Bean
  ConcurrentMessageListenerContainer<String, byte[]> requestListener(
      StageKafka kafka, Requests requests, UndefinedRequests undefined) {
    return kafka.clientListener(
        Topics.TRAIN_REQUESTS,
        (event, received, delivery) -> {
          var request = Wire.request(event, received);
          if (requests.isDecidable(request) || !undefined.add(request, delivery)) {
            requests.decide(request);
            delivery.done();
          }
        });
  }

  @Bean
  ConcurrentMessageListenerContainer<String, byte[]> cancelListener(
      StageKafka kafka, Runs runs, Outbox outbox) {
    var cancels = new Cancels(runs, outbox);
    return kafka.clientListener(
        Topics.TRAIN_CANCELS,
        (event, received, delivery) -> {
          cancels.apply(Wire.cancel(event, received));
          delivery.done();
        });
  }

  // rows become runs, runs become artifacts

  @Bean
  Retries retries(TrainerSettings settings) {
    return new Retries(settings.retryDelays());
  }

  @Bean
  @DependsOn("flyway")
  RunScheduler runScheduler(
      DataSource dataSource,
      Runs runs,
      Outbox outbox,
      Definitions definitions,
      StageKafka kafka,
      TrainerSettings settings,
      ArtifactSettings artifacts,
      Retries retries,
      InstantSource clock,
      RetryAlerts alerts) {
    var work = new WorkDirectory(settings.workDirectory());
    work.deleteAbandoned();
    var training =
        new Training(
            new DataReader(kafka),
            new TrainingChild(settings.memory()),
            new LocalArtifactStore(artifacts.directory()),
            work,
            settings);
    var attempts = new Attempts(runs, outbox, retries, clock);
    var joined = new TransactionAwareDataSourceProxy(dataSource);
    return new RunScheduler(joined, attempts, training, definitions, settings, clock, alerts);
  }

  @Bean
  PeriodicTask runTimes(JdbcClient jdbc, Retries retries, InstantSource clock, RetryAlerts alerts) {
    var times = new RunTimes(jdbc, retries.longest(), clock);
    return new PeriodicTask("times-of-runs", RunTimes.EVERY, alerts, times::correct);
  }

  // and the story is told

  @Bean
  OutboxPublisher outboxPublisher(
      JdbcClient jdbc, TransactionTemplate transactions, StageKafka kafka) {
    var publisher = kafka.publisher(Topics.LIFECYCLE);
    var deserializer = new AvroSerde<>(LifecycleEvent.class, kafka.registry()).deserializer();
    return new OutboxPublisher(
        jdbc,
        transactions,
        (key, event) ->
            publisher.sendAndWait(key, deserializer.deserialize(Topics.LIFECYCLE.name(), event)),
        (key, event, reason) ->
            kafka
                .deadLetters()
                .reject(
                    ModelKey.at(key).organization(),
                    "trainer.outbox",
                    key,
                    event,
                    "unpublishable-event",
                    reason)
                .join());
  }

  /// Starts before whoever writes events and stops after them.
  @Bean
  PeriodicTask outboxTask(OutboxPublisher outbox, RetryAlerts alerts) {
    return new PeriodicTask(
        "trainer.outbox",
        OutboxPublisher.POLL,
        alerts,
        outbox::publish,
        outbox::publish,
        Integer.MIN_VALUE + 2);
  }
}
