package dev.anneal.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.BindException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.context.ApplicationContextException;

class StartingTest {
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

  @Test
  void aFailureOfTheFrameworkAloneIsToldByIt() {
    assertThat(Reason.of(new ApplicationContextException("no bean"))).isEqualTo("no bean");
    assertThat(Reason.of(new IllegalStateException())).isEqualTo("IllegalStateException");
  }
}
