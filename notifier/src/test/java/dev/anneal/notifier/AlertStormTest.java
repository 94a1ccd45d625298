package dev.anneal.notifier;

import static dev.anneal.notifier.MessagesTest.alert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.notifier.News.Alert;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class AlertStormTest {
  private static final Instant T = Instant.parse("2026-03-01T12:00:00Z");

  private final AtomicReference<Instant> now = new AtomicReference<>(T);
  private final List<String> told = new ArrayList<>();
  private boolean slackIsAway;
  private int taken;
  private int done;

  private final Announcer announcer =
      new Announcer(
          "#c",
          (_, message) -> {
            if (slackIsAway) {
              throw new SlackUnavailable("away");
            }
            told.add(message.title());
            return Sender.Delivery.PRINTED;
          },
          (_, _, _) -> {},
          new Audience());
  private final AlertDesk desk = new AlertDesk(announcer, Duration.ofMinutes(1), now::get);

  private void take(Alert alert) {
    taken++;
    int record = taken;
    desk.take(alert, () -> done = record);
  }

  private void raise(String prefix, int count, Instant at) {
    for (int i = 0; i < count; i++) {
      take(alert(prefix + i, at.plusMillis(i)));
    }
  }

  @Test
  void tellsTheFirstOnesOneByOneAndTheRestInASummary() {
    raise("a", 50, T);
    take(alert("later", T.plusSeconds(600)));

    assertThat(told)
        .containsExactly(
            "FAILURE_PREDICTED",
            "FAILURE_PREDICTED",
            "FAILURE_PREDICTED",
            "many alerts",
            "50 alerts",
            "FAILURE_PREDICTED");
  }

  @Test
  void tellsEachOneWhereThereAreFew() {
    for (int minute = 0; minute < 5; minute++) {
      raise("m" + minute, AlertStorm.SINGLES, T.plusSeconds(60L * minute));
    }

    assertThat(told).hasSize(15).containsOnly("FAILURE_PREDICTED");
  }

  @Test
  void tellsALastingStormInEverRarerSummaries() {
    // a hundred alerts a minute for three hours
    for (int i = 0; i < 18_000; i++) {
      take(alert("s" + i, T.plusMillis(600L * i)));
    }

    assertThat(told)
        .startsWith("FAILURE_PREDICTED", "FAILURE_PREDICTED", "FAILURE_PREDICTED", "many alerts");
    assertThat(told.subList(4, told.size()))
        .containsExactly(
            "100 alerts",
            "200 alerts",
            "400 alerts",
            "800 alerts",
            "1600 alerts",
            "3200 alerts",
            "6000 alerts");
  }

  @Test
  void tellsTheSummaryAlsoWhenNothingFollows() {
    raise("a", 10, T);
    desk.sweep();
    assertThat(told).hasSize(4);

    now.set(T.plus(AlertDesk.QUIET).plusSeconds(1));
    desk.sweep();
    desk.sweep();

    assertThat(told).hasSize(5).endsWith("10 alerts");
  }

  @Test
  void aClockThatWasAheadForAWhileHoldsNoSummaryBack() {
    now.set(T.plus(Duration.ofDays(8)));
    raise("a", 10, T);
    now.set(T);
    desk.sweep();
    assertThat(told).hasSize(4);

    now.set(T.plus(AlertDesk.QUIET).plusSeconds(1));
    desk.sweep();

    assertThat(told).hasSize(5).endsWith("10 alerts");
  }

  @Test
  void tellsNothingTwiceAndLosesNothingWhileSlackIsAway() {
    raise("a", 3, T);
    slackIsAway = true;
    assertThatThrownBy(() -> take(alert("b", T.plusSeconds(1))))
        .isInstanceOf(SlackUnavailable.class);
    assertThatThrownBy(() -> take(alert("b", T.plusSeconds(1))))
        .isInstanceOf(SlackUnavailable.class);

    slackIsAway = false;
    take(alert("b", T.plusSeconds(1)));
    take(alert("b", T.plusSeconds(1)));
    raise("a", 3, T);

    assertThat(told)
        .containsExactly(
            "FAILURE_PREDICTED", "FAILURE_PREDICTED", "FAILURE_PREDICTED", "many alerts");
  }

  @Test
  void noRecordIsDoneWhileAlertsAreHeldBack() {
    raise("a", 3, T);
    assertThat(done).isEqualTo(3);
    raise("b", 7, T.plusSeconds(1));
    assertThat(done).isEqualTo(3);

    slackIsAway = true;
    assertThatThrownBy(desk::close).isInstanceOf(SlackUnavailable.class);
    assertThat(done).isEqualTo(3);
    slackIsAway = false;
    desk.close();

    assertThat(told).hasSize(5).endsWith("10 alerts");
    assertThat(done).isEqualTo(10);
  }

  @Test
  void tellsBothHalvesOfAStormThatAStopCuts() {
    raise("a", 10, T);
    desk.close();
    raise("b", 10, T);
    desk.close();

    assertThat(told).hasSize(10).endsWith("10 alerts");
  }

  @Test
  void tellsOfTheEndOnceToThoseWhoWereToldOfTheBeginning() {
    raise("a", 5, T);
    for (int i = 0; i < 5; i++) {
      take(resolved(alert("a" + i, T)));
      take(resolved(alert("a" + i, T)));
    }

    assertThat(told.subList(4, told.size()))
        .containsExactly(
            "FAILURE_PREDICTED resolved",
            "FAILURE_PREDICTED resolved",
            "FAILURE_PREDICTED resolved");
  }

  private static Alert resolved(Alert alert) {
    return new Alert(
        alert.id(),
        alert.organization(),
        alert.model(),
        alert.asset(),
        alert.kind(),
        alert.severity(),
        alert.message(),
        alert.value(),
        alert.raisedAt(),
        alert.raisedAt().plus(Duration.ofHours(1)));
  }
}
