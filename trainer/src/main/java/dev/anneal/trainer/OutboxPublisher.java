package dev.anneal.trainer;

import dev.anneal.stage.FailPoint;
import dev.anneal.stage.Failures;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/// Publishes the outbox in its order, one event after the other, and marks what the broker has.
/// What is published and not yet marked when this process dies is published again with the same id.
final class OutboxPublisher {
  static final Duration POLL = Duration.ofMillis(200);
  private static final int BATCH = 100;
  private static final int KEPT_DAYS = 7;

  /// Sends one event; returns when the broker has it.
  interface Sender {
    void send(String key, byte[] event);
  }

  /// Keeps an event that the broker will never take; returns when it is stored.
  interface Rejections {
    void reject(String key, byte[] event, String reason);
  }

  private record Unsent(long id, String key, byte[] event) {}

  /// @param failure of the event after those sent
  private record Batch(int sent, @Nullable RuntimeException failure) {}

  private final JdbcClient jdbc;
  private final TransactionOperations transactions;
  private final Sender sender;
  private final Rejections rejections;

  OutboxPublisher(
      JdbcClient jdbc, TransactionOperations transactions, Sender sender, Rejections rejections) {
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.sender = sender;
    this.rejections = rejections;
  }

  /// Publishes all there is.
  ///
  /// @throws RuntimeException when an event cannot be sent now; it and what follows are still there
  void publish() {
    Batch batch;
    do {
      batch = Objects.requireNonNull(transactions.execute(_ -> publishBatch()));
      if (batch.failure() != null) {
        throw batch.failure();
      }
    } while (batch.sent() == BATCH);
  }

  /// Other trainers wait for these rows, then find them sent.
  private Batch publishBatch() {
    var unsent =
        jdbc.sql(
                "select id, key, event from trainer.outbox where sent_at is null order by id limit %d for update"
                    .formatted(BATCH))
            .query(
                (row, _) ->
                    new Unsent(row.getLong("id"), row.getString("key"), row.getBytes("event")))
            .list();
    int sent = 0;
    RuntimeException failure = null;
    for (Unsent event : unsent) {
      try {
        FailPoint.TRAINER_EVENT_UNSENT.hit();
        sendOrReject(event);
        FailPoint.TRAINER_EVENT_SENT.hit();
      } catch (RuntimeException e) {
        failure = e;
        break;
      }
      jdbc.sql("update trainer.outbox set sent_at = now() where id = ?").param(event.id()).update();
      sent++;
    }
    if (sent > 0) {
      jdbc.sql("delete from trainer.outbox where sent_at < now() - make_interval(days => ?)")
          .param(KEPT_DAYS)
          .update();
      FailPoint.TRAINER_EVENTS_MARKED.hit();
    }
    return new Batch(sent, failure);
  }

  /// One event never stops those of all other models.
  private void sendOrReject(Unsent event) {
    try {
      sender.send(event.key(), event.event());
    } catch (RuntimeException e) {
      if (Failures.isTemporary(e)) {
        throw e;
      }
      rejections.reject(event.key(), event.event(), e.toString());
    }
  }
}
