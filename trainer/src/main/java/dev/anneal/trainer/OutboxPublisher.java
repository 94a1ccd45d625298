package dev.anneal.trainer;

import dev.anneal.stage.FailPoint;
import dev.anneal.stage.Failures;
import dev.anneal.stage.Redaction;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/// Publishes the outbox in its order, one event after the other, and marks what the broker has.
/// What is published and not yet marked when this process dies is published again with the same id.
final class OutboxPublisher implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(OutboxPublisher.class);
  private static final Duration POLL = Duration.ofMillis(200);
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

  private final JdbcClient jdbc;
  private final TransactionOperations transactions;
  private final Sender sender;
  private final Rejections rejections;
  private ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private volatile boolean running;

  OutboxPublisher(
      JdbcClient jdbc, TransactionOperations transactions, Sender sender, Rejections rejections) {
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.sender = sender;
    this.rejections = rejections;
    timer.shutdown();
  }

  @Override
  public void start() {
    timer =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("outbox").daemon().factory());
    timer.scheduleWithFixedDelay(this::poll, 0, POLL.toMillis(), TimeUnit.MILLISECONDS);
    running = true;
  }

  private void poll() {
    try {
      Integer sent;
      do {
        sent = transactions.execute(_ -> publishBatch());
      } while (sent != null && sent == BATCH);
    } catch (RuntimeException e) {
      // the rows are still there: the next poll tries again
      LOG.warn("lifecycle events wait in the outbox: {}", Redaction.of(e));
    }
  }

  /// Other trainers wait for these rows, then find them sent.
  private int publishBatch() {
    var unsent =
        jdbc.sql(
                "select id, key, event from trainer.outbox where sent_at is null order by id limit %d for update"
                    .formatted(BATCH))
            .query(
                (row, _) ->
                    new Unsent(row.getLong("id"), row.getString("key"), row.getBytes("event")))
            .list();
    int sent = 0;
    for (Unsent event : unsent) {
      try {
        FailPoint.TRAINER_EVENT_UNSENT.hit();
        sendOrReject(event);
        FailPoint.TRAINER_EVENT_SENT.hit();
      } catch (RuntimeException e) {
        LOG.warn(
            "lifecycle event of {} waits in the outbox: {}",
            event.key(),
            Redaction.of(e.toString()));
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
    return sent;
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

  @Override
  public void stop() {
    running = false;
    timer.shutdown();
    try {
      // what was decided last is told before the producer closes
      timer.awaitTermination(5, TimeUnit.SECONDS);
      poll();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /// Starts before whoever writes events and stops after them.
  @Override
  public int getPhase() {
    return Integer.MIN_VALUE + 2;
  }
}
