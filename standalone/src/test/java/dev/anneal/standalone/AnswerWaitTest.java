package dev.anneal.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AnswerWaitTest {
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
  private final CountDownLatch isLater = new CountDownLatch(1);
  private Duration elapsed = Duration.ZERO;
  private HttpServer control;

  /// It answers when time has passed.
  @BeforeEach
  void startControl() throws IOException {
    control = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    control.createContext(
        "/api/organizations/acme",
        call -> {
          try (call) {
            isLater.await();
            call.sendResponseHeaders(200, 0);
            call.getResponseBody().write("{\"applied\": true}".getBytes(StandardCharsets.UTF_8));
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          }
        });
    control.start();
  }

  @AfterEach
  void stopControl() {
    isLater.countDown();
    control.stop(0);
  }

  private List<String> lines() {
    return printed.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private AnswerWait begin(String what) {
    return new AnswerWait(what, AnswerWait.LONGEST, out, this::nanoTime);
  }

  private long nanoTime() {
    if (!elapsed.isZero()) {
      isLater.countDown();
    }
    return elapsed.toNanos();
  }

  @Test
  void saysEveryTenSecondsWhatItWaitsForAndEndsAtItsLimit() {
    // Given
    var wait = begin("control to answer");
    var limit = Duration.ofMinutes(10);

    // When it is asked every second
    while (wait.lasts()) {
      elapsed = elapsed.plusSeconds(1);
    }

    // Then
    assertThat(elapsed).isEqualTo(limit);
    assertThat(lines())
        .hasSize(60)
        .startsWith(
            "anneal: waiting for control to answer (10 s)",
            "anneal: waiting for control to answer (20 s)",
            "anneal: waiting for control to answer (30 s)",
            "anneal: waiting for control to answer (40 s)")
        .endsWith("anneal: waiting for control to answer (600 s)");
  }

  /// Of a control whose answer has not come when a time has passed, which it does at once.
  private ControlClient client(Duration passed) {
    return new ControlClient(
        base(),
        what -> {
          var wait = begin(what);
          elapsed = passed;
          return wait;
        });
  }

  private URI base() {
    return URI.create("http://127.0.0.1:" + control.getAddress().getPort());
  }

  @Test
  void anAnswerOfControlThatTakesMinutesIsWaitedFor() throws Exception {
    // When it comes after nine minutes
    var answer = client(Duration.ofMinutes(9)).apply("acme", "organization: acme");

    // Then
    assertThat(answer.path("applied").asBoolean()).isTrue();
    assertThat(lines())
        .containsExactly("anneal: waiting for control to answer at %s (540 s)".formatted(base()));
  }

  @Test
  void anAnswerOfControlThatDoesNotComeIsAnError() {
    assertThatThrownBy(() -> client(Duration.ofMinutes(10)).apply("acme", "organization: acme"))
        .isInstanceOf(IOException.class)
        .hasMessage("no answer from %s within 600 s", base());
  }
}
