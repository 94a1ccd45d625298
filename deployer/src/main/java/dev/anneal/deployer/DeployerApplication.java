package dev.anneal.deployer;

import dev.anneal.modelstore.LocalArtifactStore;
import dev.anneal.schemas.Stage;
import dev.anneal.schemas.Topics;
import dev.anneal.stage.ArtifactSettings;
import dev.anneal.stage.ClockWatch;
import dev.anneal.stage.PeriodicTask;
import dev.anneal.stage.Publisher;
import dev.anneal.stage.RetryAlerts;
import dev.anneal.stage.StageConfiguration;
import dev.anneal.stage.StageKafka;
import dev.anneal.stage.TopicTable;
import dev.anneal.stage.web.BodyLimits;
import dev.anneal.stage.web.WebConfiguration;
import java.time.InstantSource;
import org.apache.kafka.clients.admin.Admin;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.context.ConfigurationPropertiesAutoConfiguration;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;

/// The deployer: candidates and commands → gate → deployments → swap → predictions.
@SpringBootConfiguration(proxyBeanMethods = false)
@ImportAutoConfiguration({
  PropertyPlaceholderAutoConfiguration.class,
  ConfigurationPropertiesAutoConfiguration.class,
  JacksonAutoConfiguration.class,
  HttpMessageConvertersAutoConfiguration.class,
  TomcatServletWebServerAutoConfiguration.class,
  DispatcherServletAutoConfiguration.class,
  WebMvcAutoConfiguration.class
})
@Import({
  StageConfiguration.class,
  WebConfiguration.class,
  PredictionController.class,
  HealthController.class
})
@EnableConfigurationProperties({DeployerSettings.class, ArtifactSettings.class})
public class DeployerApplication {
  /// The application, ready to run; its settings are in `deployer.yml`.
  public static SpringApplicationBuilder application() {
    return new SpringApplicationBuilder(DeployerApplication.class)
        .web(WebApplicationType.SERVLET)
        .properties("spring.config.name=deployer");
  }

  public static void main(String[] args) {
    ClockWatch.endProcessWhenSetBack();
    application().run(args);
  }

  @Bean
  Stage stage() {
    return Stage.DEPLOYER;
  }

  @Bean
  BodyLimits bodyLimits(DeployerSettings settings) {
    int largest = Math.toIntExact(settings.maxRequestSize().toBytes());
    return (_, _) -> largest;
  }

  // what there is: definitions, what the topics say of each model, the versions loaded, the alerts
  // open

  @Bean
  Definitions definitions() {
    return new Definitions();
  }

  @Bean
  ModelStates states() {
    return new ModelStates();
  }

  @Bean
  VersionLoader loader(ArtifactSettings settings) {
    return new VersionLoader(new LocalArtifactStore(settings.directory()));
  }

  @Bean
  ServingModels serving(VersionLoader loader) {
    return new ServingModels(loader);
  }

  @Bean
  FailureAlerts failureAlerts(DeployerSettings settings) {
    return new FailureAlerts(new FailureWatch(settings.alertCalmShare(), settings.alertCalmRows()));
  }

  @Bean
  FeatureAlerts featureAlerts() {
    return new FeatureAlerts();
  }

  @Bean
  StallAlerts stallAlerts() {
    return new StallAlerts();
  }

  @Bean
  KafkaSink sink(StageKafka kafka) {
    return new KafkaSink(kafka);
  }

  @Bean
  LoadAlerts loadAlerts(KafkaSink sink, InstantSource clock) {
    return new LoadAlerts(sink::send, clock);
  }

  @Bean
  Deployments deployments(ModelStates states, ServingModels serving, LoadAlerts alerts) {
    return new Deployments(states, serving, alerts);
  }

  // restored from their topics before anything is decided or scored

  @Bean
  TopicTable definitionTable(StageKafka kafka, Definitions definitions) {
    return kafka.table(
        Topics.MODELS,
        (key, value) ->
            definitions.apply(key, value == null ? null : Wire.model(value).orElse(null)));
  }

  @Bean
  TopicTable lifecycleTable(StageKafka kafka, ModelStates states) {
    return kafka.table(
        Topics.LIFECYCLE,
        (_, event) -> {
          if (event != null) {
            states.apply(Wire.key(event), state -> Wire.apply(state, event));
          }
        });
  }

  @Bean
  TopicTable deploymentTable(StageKafka kafka, Deployments deployments) {
    return kafka.table(
        Topics.DEPLOYMENTS, (key, value) -> deployments.apply(Deployments.key(key), value));
  }

  @Bean
  TopicTable alertTable(
      StageKafka kafka,
      FailureAlerts failures,
      FeatureAlerts features,
      LoadAlerts loads,
      StallAlerts stalls) {
    return kafka.table(
        Topics.ALERTS,
        (_, alert) -> {
          if (alert != null) {
            failures.restore(alert);
            features.restore(alert);
            loads.restore(alert);
            stalls.restore(alert);
          }
        });
  }

  @Bean
  DeploymentRestore deploymentRestore(
      Deployments deployments, DeployerSettings settings, RetryAlerts retryAlerts) {
    var retries =
        new PeriodicTask(
            "deployment-retries", settings.loadRetryInterval(), retryAlerts, deployments::retry);
    return new DeploymentRestore(deployments, retries);
  }

  // candidates and commands

  @Bean
  DeploymentLog deploymentLog(StageKafka kafka, ModelStates states) {
    var publisher = kafka.publisher(Topics.DEPLOYMENTS);
    return new DeploymentLog(
        d -> publisher.sendAndWait(d.key().toString(), Wire.toDeployment(d)), states);
  }

  @Bean
  ConcurrentMessageListenerContainer<String, byte[]> candidates(
      StageKafka kafka,
      ModelStates states,
      Definitions definitions,
      VersionLoader loader,
      ServingModels serving,
      DeploymentLog deployments,
      DeployerSettings settings,
      InstantSource clock) {
    var lifecycle = kafka.publisher(Topics.LIFECYCLE);
    var handler =
        new CandidateHandler(
            states,
            definitions,
            new Trial(loader, serving, System::nanoTime),
            new Gate(
                settings.significance(),
                new Gate.Minimums(
                    settings.minimumComparedRows(), settings.minimumComparedPositives())),
            deployments,
            event -> lifecycle.sendAndWait(Wire.key(event).toString(), event),
            clock);
    return kafka.listener(Topics.LIFECYCLE, (_, event) -> handler.apply(event));
  }

  @Bean
  ConcurrentMessageListenerContainer<String, byte[]> commands(
      StageKafka kafka,
      ModelStates states,
      Definitions definitions,
      VersionLoader loader,
      ServingModels serving,
      DeploymentLog deployments,
      InstantSource clock) {
    var lifecycle = kafka.publisher(Topics.LIFECYCLE);
    var handler =
        new CommandHandler(
            states,
            definitions,
            serving,
            loader,
            deployments,
            event -> lifecycle.sendAndWait(Wire.key(event).toString(), event),
            clock);
    return kafka.clientListener(
        Topics.DEPLOY_COMMANDS,
        (command, received, delivery) -> {
          handler.apply(Wire.command(command, received));
          delivery.done();
        });
  }

  // feature rows → predictions

  @Bean
  ConcurrentMessageListenerContainer<String, byte[]> scoring(
      StageKafka kafka,
      ServingModels serving,
      Definitions definitions,
      FailureAlerts alerts,
      FeatureAlerts featureAlerts,
      KafkaSink sink,
      InstantSource clock) {
    return kafka.batches(
        Topics.FEATURES_PATTERN,
        "scoring",
        new Scorer(
            serving,
            definitions,
            alerts,
            featureAlerts,
            kafka.registry(),
            kafka.deadLetters(),
            sink,
            clock));
  }

  // features that do not come

  @Bean
  Admin admin(KafkaProperties properties) {
    return Admin.create(properties.buildAdminProperties());
  }

  @Bean
  PeriodicTask featureWatch(
      Admin admin,
      StallAlerts alerts,
      KafkaSink sink,
      InstantSource clock,
      RetryAlerts retryAlerts) {
    var watch =
        new FeatureWatch(
            new FeatureProgress(admin)::read,
            new StandingPartitions(FeatureWatch.LOOKS),
            alerts,
            alert -> Publisher.await(sink.send(alert)),
            clock);
    return new PeriodicTask("feature-watch", FeatureWatch.EVERY, retryAlerts, watch::look);
  }
}
