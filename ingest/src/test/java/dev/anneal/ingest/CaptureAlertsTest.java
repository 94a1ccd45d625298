package dev.anneal.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.ingest.CaptureException.Code;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CaptureAlertsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Set<String> DEFINED = Set.of("acme", "acme/pump-failure");

  private final CaptureAlerts alerts = new CaptureAlerts(PATIENCE);

  private static CaptureState waiting(Code code, String reason) {
    return new CaptureState.Waiting(1, Duration.ofSeconds(1), code, reason);
  }

  private static CaptureState running(int since) {
    return new CaptureState.Running(1, Instant.ofEpochSecond(since));
  }

  /// Looks, and publishes what is found.
  private List<Trouble> look(int second, CaptureState state, String... lacking) {
    var changes =
        alerts.look(
            Map.of("acme", state),
            Map.of("acme", new Lacking(List.of(lacking), List.of())),
            DEFINED,
            Instant.ofEpochSecond(second));
    changes.forEach(alerts::published);
    return changes;
  }

  @Test
  void aCaptureThatDoesNotRunIsToldOnceAndResolvedOnce() {
    // Given
    var away = waiting(Code.SOURCE_UNREACHABLE, "away");

    // When
    assertThat(look(0, away)).isEmpty();
    assertThat(look(4, new CaptureState.Starting(1))).isEmpty();
    var raised = look(5, away);
    assertThat(look(30, away)).isEmpty();
    assertThat(look(41, running(40))).isEmpty();
    var resolved = look(45, running(40));
    assertThat(look(46, running(40))).isEmpty();

    // Then
    assertThat(raised)
        .singleElement()
        .satisfies(
            t -> {
              assertThat(t.code()).isEqualTo(Code.SOURCE_UNREACHABLE);
              assertThat(t.reason()).isEqualTo("away");
              assertThat(t.isOpen()).isTrue();
            });
    assertThat(resolved).containsExactly(raised.getFirst().resolved(Instant.ofEpochSecond(45)));
  }

  /// The patience is as long as a machine may stand still; a wrong password does not pass by
  /// itself.
  @Test
  void whatSomebodyHasToChangeIsToldSooner() {
    var patient = new CaptureAlerts(Duration.ofSeconds(45));
    var unreachable = waiting(Code.SOURCE_UNREACHABLE, "away");
    var refused = waiting(Code.SOURCE_CREDENTIALS, "wrong password");

    assertThat(lookAt(patient, 0, unreachable)).isEmpty();
    assertThat(lookAt(patient, 44, unreachable)).isEmpty();
    assertThat(lookAt(patient, 45, unreachable)).hasSize(1);
    assertThat(lookAt(patient, 46, refused)).hasSize(1);
  }

  private static List<Trouble> lookAt(CaptureAlerts alerts, int second, CaptureState state) {
    var now = Instant.ofEpochSecond(second);
    return alerts.look(Map.of("acme", state), Map.of(), DEFINED, now);
  }

  @Test
  void aFailureThatPassesIsNotTold() {
    assertThat(look(0, waiting(Code.SOURCE_UNREACHABLE, "away"))).isEmpty();
    assertThat(look(3, running(2))).isEmpty();
    assertThat(look(10, running(2))).isEmpty();
    assertThat(look(11, waiting(Code.SOURCE_UNREACHABLE, "away"))).isEmpty();
  }

  @Test
  void aCaptureThatFailsRightAfterEachStartStaysInTrouble() {
    // Given
    var failing = waiting(Code.CAPTURE_FAILED, "why");
    look(0, failing);
    assertThat(look(6, failing)).hasSize(1);

    // Then
    assertThat(look(8, running(7))).isEmpty();
    assertThat(look(9, failing)).isEmpty();
  }

  @Test
  void anotherKindOfFailureResolvesTheFirstAndANewReasonIsTheSameTrouble() {
    // Given
    look(0, waiting(Code.SOURCE_UNREACHABLE, "away"));
    var first = look(5, waiting(Code.SOURCE_UNREACHABLE, "away")).getFirst();

    // When
    var changes = look(6, waiting(Code.SOURCE_PERMISSION, "one right"));
    var reason = look(7, waiting(Code.SOURCE_PERMISSION, "another right"));

    // Then
    assertThat(changes).hasSize(2).first().isEqualTo(first.resolved(Instant.ofEpochSecond(6)));
    assertThat(changes.getLast().code()).isEqualTo(Code.SOURCE_PERMISSION);
    assertThat(reason)
        .singleElement()
        .satisfies(
            t -> {
              assertThat(t.id()).isEqualTo(changes.getLast().id());
              assertThat(t.reason()).isEqualTo("another right");
            });
  }

  @Test
  void anOrganizationThatIsGoneHasNoTrouble() {
    // Given
    look(0, waiting(Code.SOURCE_UNREACHABLE, "away"));
    look(5, waiting(Code.SOURCE_UNREACHABLE, "away"));

    // When
    var notYetCaptured = alerts.look(Map.of(), Map.of(), DEFINED, Instant.ofEpochSecond(6));
    var gone = alerts.look(Map.of(), Map.of(), Set.of(), Instant.ofEpochSecond(7));

    // Then
    assertThat(notYetCaptured).isEmpty();
    assertThat(gone).singleElement().satisfies(t -> assertThat(t.isOpen()).isFalse());
  }

  @Test
  void aTableThatIsMissingIsToldWhileTheOthersAreCaptured() {
    // Given
    assertThat(look(4, running(0), "`readings`", "`failures`")).isEmpty();

    // When
    var raised = look(5, running(0), "`readings`", "`failures`");
    assertThat(look(6, running(0), "`readings`", "`failures`")).isEmpty();
    var fewer = look(7, running(0), "`readings`");
    var resolved = look(8, running(0));

    // Then
    assertThat(raised)
        .singleElement()
        .satisfies(t -> assertThat(t.code()).isEqualTo(Code.SOURCE_TABLES_MISSING))
        .satisfies(t -> assertThat(t.reason()).contains("no table `readings`, `failures`"));
    assertThat(fewer).extracting(Trouble::id).containsExactly(raised.getFirst().id());
    assertThat(fewer.getFirst().reason()).contains("no table `readings`;");
    assertThat(resolved).containsExactly(fewer.getFirst().resolved(Instant.ofEpochSecond(8)));
  }

  @Test
  void aColumnThatIsMissingIsAnAlertOfItsOwn() {
    alerts
        .look(
            Map.of("acme", running(0)),
            Map.of("acme", new Lacking(List.of(), List.of("`vib`"))),
            DEFINED,
            Instant.ofEpochSecond(10))
        .forEach(alerts::published);

    assertThat(look(20, running(0)))
        .as("all is there again")
        .singleElement()
        .satisfies(
            t -> {
              assertThat(t.code()).isEqualTo(Code.SOURCE_COLUMNS_MISSING);
              assertThat(t.reason()).startsWith("the source has no column `vib`;");
              assertThat(t.isOpen()).isFalse();
            });
  }

  @Test
  void aStandbyNeitherRaisesNorResolves() {
    // Given a trouble that the other ingest told
    var told =
        new Trouble("t1", "acme", Code.SOURCE_UNREACHABLE, "away", Instant.ofEpochSecond(0), null);
    alerts.published(told);

    // Then
    assertThat(look(1, waiting(Code.SLOT_IN_USE, "by another"))).isEmpty();
    assertThat(look(20, waiting(Code.SLOT_IN_USE, "by another"))).isEmpty();
    assertThat(look(40, running(30))).containsExactly(told.resolved(Instant.ofEpochSecond(40)));
  }

  @Test
  void troublesOnTheTopicAreRecognized() {
    var trouble =
        new Trouble(
            "t1",
            "acme",
            Code.SOURCE_PASSWORD_UNSET,
            "not set",
            Instant.ofEpochSecond(1),
            Instant.ofEpochSecond(2));

    assertThat(Wire.trouble(Wire.alert(trouble))).contains(trouble);
  }
}
