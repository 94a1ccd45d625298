package dev.anneal.deployer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.events.Alert;
import dev.anneal.events.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class FeatureWatchTest {
  private static final int LOOKS = 3;

  private final List<Alert> published = new ArrayList<>();
  private final StallAlerts alerts = new StallAlerts();
  private List<PartitionProgress> progress = List.of();
  private Instant now = Instant.EPOCH;
  private boolean isKafkaAway;
  private final FeatureWatch watch = watch(alerts);

  private FeatureWatch watch(StallAlerts alerts) {
    return new FeatureWatch(
        () -> {
          if (isKafkaAway) {
            throw new TimeoutException("away");
          }
          return progress;
        },
        new StandingPartitions(LOOKS),
        alerts,
        published::add,
        () -> now);
  }

  private static PartitionProgress telemetry(String organization, long position, long end) {
    return new PartitionProgress(
        organization, "anneal.telemetry." + organization + "-0", position, end);
  }

  private void look(FeatureWatch watch, int times) {
    for (int i = 0; i < times; i++) {
      now = now.plus(FeatureWatch.EVERY);
      watch.look();
    }
  }

  @Test
  void rowsThatWaitWhileNothingMovesAreOneAlertThatIsResolvedOnce() {
    // Given
    progress = List.of(telemetry("acme", 5, 8), telemetry("beta", 9, 9));
    look(watch, LOOKS);
    assertThat(published).isEmpty();
    // When
    look(watch, 5);
    progress = List.of(telemetry("acme", 6, 9), telemetry("beta", 9, 9));
    look(watch, 5);
    // Then
    assertThat(published).hasSize(3);
    var raised = published.getFirst();
    assertThat(raised.getOrganization()).isEqualTo("acme");
    assertThat(raised.getKind()).isEqualTo("FEATURES_STALLED");
    assertThat(raised.getSeverity()).isEqualTo(Severity.CRITICAL);
    assertThat(raised.getModel()).isNull();
    assertThat(raised.getValue()).isEqualTo(3.0);
    assertThat(raised.getResolvedAt()).isNull();
    assertThat(raised.getMessage())
        .startsWith("features of acme stand still: 3 rows wait, from anneal.telemetry.acme-0@5 on");
    var resolved = published.get(1);
    assertThat(resolved.getAlertId()).isEqualTo(raised.getAlertId());
    assertThat(resolved.getResolvedAt()).isAfter(raised.getRaisedAt());
    // it stands at 6 again: another
    assertThat(published.get(2).getAlertId()).isNotEqualTo(raised.getAlertId());
  }

  @Test
  void rowsThatMoveOnHoweverSlowlyAreNoAlert() {
    for (int i = 0; i < 20; i++) {
      progress = List.of(telemetry("acme", i, 1_000));
      look(watch, LOOKS);
    }
    assertThat(published).isEmpty();
  }

  @Test
  void aPauseBetweenTwoLooksIsNoStandstill() {
    // Given
    progress = List.of(telemetry("acme", 5, 8));
    look(watch, LOOKS);
    // When this process was stopped
    now = now.plus(Duration.ofDays(1));
    progress = List.of(telemetry("acme", 6, 8));
    look(watch, LOOKS);
    // Then
    assertThat(published).isEmpty();
  }

  @Test
  void anotherDeployerRaisesTheSameAlertOrNone() {
    // Given two that look at the same
    progress = List.of(telemetry("acme", 5, 8));
    look(watch, LOOKS + 1);
    look(watch(new StallAlerts()), LOOKS + 1);
    assertThat(published)
        .extracting(Alert::getAlertId)
        .hasSize(2)
        .containsOnly(published.getFirst().getAlertId());
    // When one reads the other's from the topic
    var third = new StallAlerts();
    third.restore(published.getFirst());
    look(watch(third), LOOKS + 1);
    // Then
    assertThat(published).hasSize(2);
  }

  @Test
  void whileKafkaIsAwayNothingIsTakenForStandingOrMoving() {
    // Given
    progress = List.of(telemetry("acme", 5, 8));
    look(watch, LOOKS);
    // When
    isKafkaAway = true;
    for (int i = 0; i < 10; i++) {
      assertThatThrownBy(() -> look(watch, 1)).isInstanceOf(TimeoutException.class);
    }
    assertThat(published).isEmpty();
    isKafkaAway = false;
    look(watch, 1);
    // Then
    assertThat(published).hasSize(1);
  }

  @Test
  void anOrganizationThatIsGoneStandsStillNoLonger() {
    // Given
    progress = List.of(telemetry("acme", 5, 8));
    look(watch, LOOKS + 1);
    // When
    progress = List.of();
    look(watch, 1);
    // Then
    assertThat(published).hasSize(2);
    assertThat(published.getLast().getResolvedAt()).isNotNull();
  }
}
