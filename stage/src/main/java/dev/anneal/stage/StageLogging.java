package dev.anneal.stage;

import ch.qos.logback.classic.LoggerContext;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/// Puts [RepeatedLines] over every stage's log, whatever its format and levels are.
final class StageLogging implements ApplicationContextInitializer<ConfigurableApplicationContext> {
  // public: Spring makes it by the name in META-INF/spring.factories
  public StageLogging() {}

  @Override
  public void initialize(ConfigurableApplicationContext context) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext logs) {
      limit(logs);
    }
  }

  /// Once: stages of one process share their log.
  private static synchronized void limit(LoggerContext logs) {
    if (logs.getTurboFilterList().stream().noneMatch(RepeatedLines.class::isInstance)) {
      logs.addTurboFilter(new RepeatedLines());
    }
  }
}
