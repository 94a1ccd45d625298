package dev.anneal.stage;

import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/// `POSTGRES_CONN_STR` as `spring.datasource.*`: over the stage's configuration file, under
/// `spring.datasource.url` where that is given at the start.
final class PostgresVariable implements EnvironmentPostProcessor, Ordered {
  static final String NAME = "POSTGRES_CONN_STR";
  private static final String URL = "spring.datasource.url";

  // public: Spring makes it by the name in META-INF/spring.factories
  public PostgresVariable() {}

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    String value = environment.getProperty(NAME, "").strip();
    if (value.isEmpty() || environment.containsProperty(URL)) {
      return;
    }
    var address = PostgresConnection.parse(value);
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put(URL, address.url());
    if (address.user() != null) {
      properties.put("spring.datasource.username", address.user());
    }
    if (address.password() != null) {
      properties.put("spring.datasource.password", address.password());
    }
    environment
        .getPropertySources()
        .addAfter(
            StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
            new MapPropertySource(NAME, properties));
  }

  /// Before the configuration files, whose `spring.datasource.url` is only a default.
  @Override
  public int getOrder() {
    return ConfigDataEnvironmentPostProcessor.ORDER - 1;
  }
}
