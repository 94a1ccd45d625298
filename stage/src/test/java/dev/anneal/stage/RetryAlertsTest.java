package dev.anneal.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.events.Alert;
import dev.anneal.schemas.Stage;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RetryAlertsTest {
  private static final Instant T = Instant.parse("2024-01-15T10:00:00Z");
  private static final String PLACE = "anneal.train.requests-0";

  private final List<Alert> sent = new ArrayList<>();
  private Instant now = T;
  private boolean brokerAway;
  private @Nullable CompletableFuture<Void> slow;
  private final RetryAlerts alerts = alerts();

  private RetryAlerts alerts() {
    return new RetryAlerts(Stage.TRAINER, this::send, (InstantSource) () -> now);
  }

  private CompletableFuture<Void> send(Alert alert) {
    if (slow != null) {
      sent.add(alert);
      return slow;
    }
    if (brokerAway) {
      return CompletableFuture.failedFuture(new TimeoutException("away"));
    }
    sent.add(alert);
    return CompletableFuture.completedFuture(null);
  }

  private void failAt(Duration after) {
    now = T.plus(after);
    alerts.failed(PLACE, new IllegalStateException(new TimeoutException("no\nbroker")));
  }

  @Test
  void raisesOnceAfterAMinuteAndResolvesWhenItGoesOn() {
    failAt(Duration.ZERO);
    failAt(Duration.ofSeconds(59));
    assertThat(sent).isEmpty();

    failAt(Duration.ofSeconds(60));
    failAt(Duration.ofSeconds(70));

    assertThat(sent).hasSize(1);
    assertThat(sent.getFirst().getKind()).isEqualTo(RetryAlerts.KIND);
    assertThat(sent.getFirst().getRaisedAt()).isEqualTo(T);
    assertThat(sent.getFirst().getMessage())
        .startsWith("trainer retries anneal.train.requests-0 since 2024-01-15T10:00:00Z")
        .contains("no\\u000abroker");

    alerts.passed(PLACE);
    alerts.passed(PLACE);
    assertThat(sent).hasSize(2);
    assertThat(sent.getLast().getAlertId()).isEqualTo(sent.getFirst().getAlertId());
    assertThat(sent.getLast().getResolvedAt()).isEqualTo(now);
  }

  @Test
  void aFailureAfterASuccessBeginsAgain() {
    failAt(Duration.ZERO);
    alerts.passed(PLACE);
    failAt(Duration.ofSeconds(61));

    assertThat(sent).isEmpty();
  }

  @Test
  void raisesWhenTheBrokerIsBack() {
    brokerAway = true;
    failAt(Duration.ZERO);
    failAt(Duration.ofSeconds(61));
    brokerAway = false;
    failAt(Duration.ofSeconds(71));

    assertThat(sent).hasSize(1);
  }

  @Test
  void resolvesWhatWentOnWhileTheAlertWasBeingSent() {
    var sending = new CompletableFuture<Void>();
    failAt(Duration.ZERO);
    slow = sending;
    failAt(Duration.ofSeconds(61));
    alerts.passed(PLACE);
    slow = null;
    sending.complete(null);

    assertThat(sent).hasSize(2);
    assertThat(sent.getLast().getResolvedAt()).isNotNull();
  }

  @Test
  void resolvesWhatAProcessBeforeItRaised() {
    failAt(Duration.ZERO);
    failAt(Duration.ofSeconds(61));
    var next = alerts();
    sent.forEach(next::restore);

    next.passed(PLACE);

    assertThat(sent).hasSize(2);
    assertThat(sent.getLast().getResolvedAt()).isNotNull();
  }
}
