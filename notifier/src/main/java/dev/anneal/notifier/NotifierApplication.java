package dev.anneal.notifier;

import dev.anneal.schemas.Stage;
import dev.anneal.schemas.Topics;
import dev.anneal.stage.ClockWatch;
import dev.anneal.stage.PeriodicTask;
import dev.anneal.stage.RetryAlerts;
import dev.anneal.stage.StageConfiguration;
import dev.anneal.stage.StageKafka;
import dev.anneal.stage.TopicTable;
import java.time.Duration;
import java.time.InstantSource;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;

/// Tells people.
@SpringBootConfiguration(proxyBeanMethods = false)
@ImportAutoConfiguration(PropertyPlaceholderAutoConfiguration.class)
@Import(StageConfiguration.class)
@EnableConfigurationProperties(NotifierSettings.class)
public class NotifierApplication {
  private static final Duration SUMMARY_CHECK = Duration.ofSeconds(10);

  public static void main(String[] args) {
    ClockWatch.endProcessWhenSetBack();
    application().run(args);
  }

  public static SpringApplicationBuilder application() {
    return new SpringApplicationBuilder(NotifierApplication.class)
        .web(WebApplicationType.NONE)
        .properties("spring.config.name=notifier");
  }

  @Bean
  Stage stage() {
    return Stage.NOTIFIER;
  }

  @Bean
  Sender sender(NotifierSettings settings, InstantSource clock) {
    if (settings.enabled() && settings.token() != null) {
      return SlackSender.bot(settings.api(), settings.token(), clock);
    }
    if (settings.enabled() && settings.webhook() != null) {
      return SlackSender.webhook(settings.webhook(), clock);
    }
    return new Printer(System.out);
  }

  @Bean
  Audience audience() {
    return new Audience();
  }

  @Bean
  Announcer announcer(
      NotifierSettings settings,
      Sender sender,
      Audience audience,
      StageKafka kafka,
      InstantSource clock) {
    var publisher = kafka.publisher(Topics.NOTIFICATIONS);
    return new Announcer(
        settings.channel(),
        sender,
        (message, channel, delivery) ->
            publisher.sendAndWait(
                Announcer.key(message.subject().eventId(), channel),
                Wire.notification(message, channel, delivery, clock.instant())),
        audience);
  }

  @Bean
  TopicTable definitions(StageKafka kafka, Audience audience) {
    return kafka.table(Topics.MODELS, (key, definition) -> Wire.define(audience, key, definition));
  }

  @Bean
  TopicTable told(StageKafka kafka, Announcer announcer) {
    return kafka.table(Topics.NOTIFICATIONS, (key, _) -> announcer.remember(key));
  }

  @Bean
  ConcurrentMessageListenerContainer<String, byte[]> lifecycle(
      StageKafka kafka, Announcer announcer) {
    return kafka.listener(
        Topics.LIFECYCLE, (_, event) -> Wire.news(event).ifPresent(announcer::announce));
  }

  @Bean
  ConcurrentMessageListenerContainer<String, byte[]> drift(StageKafka kafka, Announcer announcer) {
    var memory = new DriftMemory();
    return kafka.listener(
        Topics.DRIFT, (_, event) -> Wire.news(event, memory).ifPresent(announcer::announce));
  }

  @Bean
  AlertDesk alertDesk(NotifierSettings settings, Announcer announcer, InstantSource clock) {
    return new AlertDesk(announcer, settings.alertWindow(), clock);
  }

  @Bean
  ConcurrentMessageListenerContainer<String, byte[]> alerts(StageKafka kafka, AlertDesk desk) {
    return kafka.patientListener(
        Topics.ALERTS, (alert, done) -> desk.take(Wire.alert(alert), done));
  }

  /// A storm's summary comes also when no alert follows it, and once more when the notifier stops,
  /// before the listeners do.
  @Bean
  PeriodicTask alertSummaries(AlertDesk desk, RetryAlerts retryAlerts) {
    return new PeriodicTask(
        "alert-summaries",
        SUMMARY_CHECK,
        retryAlerts,
        desk::sweep,
        desk::close,
        PeriodicTask.DEFAULT_PHASE);
  }
}
