package dev.anneal.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.net.BindException;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContextException;

class StartingTest {
  @SpringBootConfiguration(proxyBeanMethods = false)
  @EnableConfigurationProperties(Settings.class)
  static class Program {}

  @ConfigurationProperties("anneal.some")
  record Settings(int runsAtOnce) {
    Settings {
      if (runsAtOnce < 1) {
        throw new IllegalArgumentException(
            "anneal.some.runs-at-once must be at least 1, was " + runsAtOnce);
      }
    }
  }

  @Test
  void aFailureIsOneLineWithItsCauseAndWithoutTheFrameworksLayers() {
    // Given a start that fails as Spring's do
    var failure =
        new CompletionException(
            new ApplicationContextException(
                "Failed to start bean 'webServerStartStop'",
                new BeanCreationException(
                    "someBean",
                    "nested",
                    new IllegalStateException(
                        "port 8080\n  cannot be used", new BindException("Address in use")))));

    // When
    var starting =
        new Starting<>(
            "control",
            "",
            () -> {
              throw failure;
            });

    // Then
    assertThatThrownBy(() -> starting.await(_ -> {}))
        .hasMessage("control cannot start: port 8080 cannot be used: Address in use");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0   | anneal.some.runs-at-once must be at least 1, was 0
          two | Failed to bind properties under 'anneal.some.runs-at-once' to int: For input string: "two"
          """)
  void aSettingThatCannotBeIsNamed(String value, String reason) {
    // Given what Spring makes of it
    var program =
        new SpringApplicationBuilder(Program.class)
            .web(WebApplicationType.NONE)
            .properties(
                Map.of("anneal.some.runs-at-once", value, "spring.main.banner-mode", "off"));

    // Then
    assertThat(Reason.of(catchThrowable(program::run))).isEqualTo(reason);
  }

  @Test
  void aFailureOfTheFrameworkAloneIsToldByIt() {
    assertThat(Reason.of(new ApplicationContextException("no bean"))).isEqualTo("no bean");
    assertThat(Reason.of(new IllegalStateException())).isEqualTo("IllegalStateException");
  }
}
