package dev.anneal.stage;

import dev.anneal.events.Alert;
import dev.anneal.events.Severity;
import dev.anneal.schemas.EventIds;
import dev.anneal.schemas.Stage;
import dev.anneal.schemas.Texts;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Raises an alert where the stage has retried for over a minute, and resolves it where it goes on:
/// of every partition, table or outbox one. An alert that another process of the stage raised is
/// resolved, too: [#restore]. The alert belongs to no organization. Safe for use by many threads.
public final class RetryAlerts {
  public static final String KIND = "STAGE_RETRYING";

  /// Restarts of a broker, a database or a registry take less.
  static final Duration AFTER = Duration.ofMinutes(1);

  private static final Logger LOG = LoggerFactory.getLogger(RetryAlerts.class);
  private static final int LONGEST_CAUSE = 500;

  /// Sends an alert; completes when the broker has it.
  interface Sender {
    CompletableFuture<Void> send(Alert alert);
  }

  private final Stage stage;
  private final Sender sender;
  private final InstantSource clock;
  private final ConcurrentMap<String, Instant> failingSince = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Alert> open = new ConcurrentHashMap<>();

  RetryAlerts(Stage stage, Sender sender, InstantSource clock) {
    this.stage = stage;
    this.sender = sender;
    this.clock = clock;
  }

  /// An alert of the topic; only those of this stage count.
  public void restore(Alert alert) {
    if (!alert.getKind().equals(KIND)) {
      return;
    }
    if (alert.getResolvedAt() == null) {
      open.putIfAbsent(alert.getAlertId(), alert);
    } else {
      open.remove(alert.getAlertId());
    }
  }

  /// A try has failed and another will follow.
  ///
  /// @param place e.g. `anneal.train.requests-0`
  public void failed(String place, Throwable cause) {
    Instant now = clock.instant();
    // a time to come was written while the clock was ahead
    Instant since =
        failingSince.merge(place, now, (before, _) -> before.isAfter(now) ? now : before);
    if (Duration.between(since, now).compareTo(AFTER) >= 0 && !open.containsKey(id(place))) {
      send(place, alert(place, since, cause));
    }
  }

  /// A try has succeeded.
  public void passed(String place) {
    failingSince.remove(place);
    Alert raised = open.isEmpty() ? null : open.get(id(place));
    if (raised != null) {
      send(place, Alert.newBuilder(raised).setResolvedAt(micros(clock.instant())).build());
    }
  }

  /// What cannot be sent now is sent with the next try.
  private void send(String place, Alert alert) {
    try {
      sender
          .send(alert)
          .whenComplete(
              (_, failure) -> {
                if (failure == null) {
                  restore(alert);
                  resolveWherePassed(place, alert);
                } else {
                  LOG.debug("alert of {} is not sent yet", place, failure);
                }
              });
    } catch (RuntimeException e) { // no broker, or no registry
      LOG.debug("alert of {} is not sent yet", place, e);
    }
  }

  /// It may have gone on while the alert was being sent.
  private void resolveWherePassed(String place, Alert sent) {
    if (sent.getResolvedAt() == null && !failingSince.containsKey(place)) {
      passed(place);
    }
  }

  private Alert alert(String place, Instant since, Throwable cause) {
    return Alert.newBuilder()
        .setAlertId(id(place))
        .setOrganization("")
        .setKind(KIND)
        .setSeverity(Severity.CRITICAL)
        .setMessage(
            "%s retries %s since %s: %s"
                .formatted(
                    stage.id(),
                    place,
                    since.truncatedTo(ChronoUnit.SECONDS),
                    Texts.cut(Redaction.of(rootOf(cause).toString()), LONGEST_CAUSE)))
        .setRaisedAt(micros(since))
        .build();
  }

  private static Throwable rootOf(Throwable failure) {
    return failure.getCause() == null ? failure : rootOf(failure.getCause());
  }

  private String id(String place) {
    return EventIds.of(KIND, stage.id(), place);
  }

  private static Instant micros(Instant time) {
    return time.truncatedTo(ChronoUnit.MICROS);
  }
}
