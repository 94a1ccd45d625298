package dev.anneal.stage;

import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The places beside every write of trainer, deployer and ingest where a kill hurts most. With
/// `-Danneal.fail-point=deployer-validated` the process halts, as by `kill -9`, when it gets there;
/// with `deployer-validated@3` at the third time. Without the property a hit does nothing.
public enum FailPoint {
  /// A record's handler has returned; the offset is not committed.
  STAGE_RECORD_HANDLED,
  /// A batch's handler has returned; the offsets are not committed.
  STAGE_BATCH_HANDLED,

  /// Rows and events of one decision are written; the transaction is open.
  TRAINER_TRANSACTION_OPEN,
  /// The transaction is committed; nobody knows yet.
  TRAINER_TRANSACTION_COMMITTED,
  /// The training process has ended; no artifact yet.
  TRAINER_ARTIFACT_UNWRITTEN,
  /// The artifact is stored; the run does not know.
  TRAINER_ARTIFACT_WRITTEN,
  /// The run has ended; its lease has not.
  TRAINER_RUN_ENDED,
  /// An event of the outbox is to be sent.
  TRAINER_EVENT_UNSENT,
  /// The broker has the event; it is not marked as sent.
  TRAINER_EVENT_SENT,
  /// Events are marked as sent; the transaction is open.
  TRAINER_EVENTS_MARKED,

  /// A verdict is found; nothing is written.
  DEPLOYER_JUDGED,
  /// A rejection is published; the candidate's offset is not committed.
  DEPLOYER_REJECTED,
  /// A deployment is decided; nothing is written.
  DEPLOYER_DEPLOYMENT_UNSENT,
  /// The deployment is on its topic; it is not carried out, its event is not published.
  DEPLOYER_DEPLOYMENT_APPENDED,
  /// The deployment is carried out; its event is not published.
  DEPLOYER_DEPLOYMENT_CARRIED_OUT,
  /// A version is loaded; the one before it serves.
  DEPLOYER_VERSION_LOADED,
  /// The version serves.
  DEPLOYER_VERSION_SWAPPED,
  /// ModelValidated is published, ModelDeployed is not.
  DEPLOYER_VALIDATED,
  /// ModelDeployed is published; the candidate's offset is not committed.
  DEPLOYER_DEPLOYED,
  /// A command's event is published; its offset is not committed.
  DEPLOYER_COMMAND_ANSWERED,
  /// Predictions of a batch are stored; its offsets are not committed.
  DEPLOYER_PREDICTIONS_SENT,

  /// The publication fits the tables; the slot is not looked at.
  INGEST_PUBLICATION_CHANGED,
  /// A batch of rows is read; nothing is sent.
  INGEST_ROWS_UNSENT,
  /// The broker has the rows; Debezium's place is not moved on.
  INGEST_ROWS_SENT,
  /// Debezium's place is to be stored.
  INGEST_OFFSET_UNWRITTEN,
  /// Debezium's place is stored; the slot is not confirmed.
  INGEST_OFFSET_WRITTEN,
  /// Topics of a definition exist; it is not published.
  INGEST_TOPICS_CREATED,
  /// Definitions are published; Debezium's place is not moved on.
  INGEST_DEFINITIONS_SENT;

  /// The property that arms a point.
  public static final String PROPERTY = "anneal.fail-point";

  /// 128 + SIGKILL.
  public static final int EXIT = 137;

  private static final @Nullable Armed ARMED = armed(System.getProperty(PROPERTY));

  private record Armed(FailPoint point, AtomicInteger hitsLeft) {}

  /// Halts where this point is armed.
  public void hit() {
    if (ARMED != null && ARMED.point == this && ARMED.hitsLeft.decrementAndGet() == 0) {
      Runtime.getRuntime().halt(EXIT);
    }
  }

  /// Its name in the property: `trainer-event-sent`.
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static @Nullable Armed armed(@Nullable String setting) {
    if (setting == null || setting.isBlank()) {
      return null;
    }
    String[] parts = setting.strip().split("@", 2);
    var point = Arrays.stream(values()).filter(p -> p.id().equals(parts[0])).findFirst();
    boolean isCounted = parts.length == 1 || parts[1].matches("[1-9]\\d{0,8}");
    if (point.isEmpty() || !isCounted) {
      throw new IllegalArgumentException(
          "%s must be <point> or <point>@<hit>, was %s; points are %s"
              .formatted(PROPERTY, setting, Arrays.stream(values()).map(FailPoint::id).toList()));
    }
    return new Armed(
        point.get(), new AtomicInteger(parts.length == 1 ? 1 : Integer.parseInt(parts[1])));
  }
}
