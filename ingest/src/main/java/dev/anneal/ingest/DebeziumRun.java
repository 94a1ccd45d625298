package dev.anneal.ingest;

import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.DebeziumEngine.RecordCommitter;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.connect.source.SourceRecord;

/// One life of one Debezium engine, from its start to its end.
final class DebeziumRun {
  /// Topic of what the engine says of its snapshots. Such records carry no place in the log, so
  /// they are never marked as processed: an empty place would overwrite the real one.
  static final String NOTIFICATIONS = "anneal-notifications";

  private static final Duration STOP_RETRY = Duration.ofMillis(100);
  private static final int STOP_TRIES = 300;

  /// Takes a batch. Returns when all of it is delivered for good: the place in the log moves on
  /// then.
  interface BatchHandler {
    void deliver(List<SourceRecord> records) throws InterruptedException;
  }

  private final BatchHandler handler;
  private final Runnable polling;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final DebeziumEngine<RecordChangeEvent<SourceRecord>> engine;

  /// @param polling called once the source answers
  DebeziumRun(Properties properties, BatchHandler handler, Runnable polling) {
    this.handler = handler;
    this.polling = polling;
    this.engine =
        DebeziumEngine.create(ChangeEventFormat.of(Connect.class))
            .using(properties)
            .using(new Progress())
            .using(this::completed)
            .notifying(this::handle)
            .build();
  }

  /// Returns when the engine was closed.
  ///
  /// @throws CaptureException when it ended otherwise
  void run() {
    try {
      engine.run();
    } catch (RuntimeException e) {
      failure.compareAndSet(null, e); // the engine's own bookkeeping tripped over the way it ended
    } finally {
      ended.countDown();
    }
    Throwable cause = failure.get();
    if (cause != null) {
      throw CaptureException.of(cause);
    }
  }

  /// Ends the run; returns when it has ended. What was delivered is committed first.
  void close() throws InterruptedException {
    for (int attempt = 0; attempt < STOP_TRIES; attempt++) {
      try {
        engine.close();
        break;
      } catch (IllegalStateException e) {
        // the engine cannot be closed while its tasks start, and is closed when it has failed
        // meanwhile
        if (ended.await(STOP_RETRY.toMillis(), TimeUnit.MILLISECONDS)) {
          break;
        }
      } catch (IOException e) {
        failure.compareAndSet(null, e);
      }
    }
    ended.await(STOP_RETRY.toMillis() * STOP_TRIES, TimeUnit.MILLISECONDS);
  }

  /// Ends the run as failed; does not wait for its end.
  void end(CaptureException cause) {
    failure.compareAndSet(null, cause);
    Thread.startVirtualThread(
        () -> {
          try {
            close();
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          }
        });
  }

  /// Asks for the older rows of tables that have joined the capture.
  ///
  /// @param tables expressions that match qualified names
  /// @param selects statements by which they are read, by qualified name
  void snapshot(String id, List<String> tables, Map<String, String> selects) {
    var conditions =
        selects.entrySet().stream()
            .map(s -> Map.of("data-collection", s.getKey(), "filter", s.getValue()))
            .toList();
    var request =
        Map.of("type", "BLOCKING", "data-collections", tables, "additional-conditions", conditions);
    String data = new String(RowJson.bytes(request), StandardCharsets.UTF_8);
    engine.getSignaler().signal(new DebeziumEngine.Signal(id, "execute-snapshot", data, Map.of()));
  }

  private void handle(
      List<RecordChangeEvent<SourceRecord>> events,
      RecordCommitter<RecordChangeEvent<SourceRecord>> committer)
      throws InterruptedException {
    handler.deliver(events.stream().map(RecordChangeEvent::record).toList());
    for (var event : events) {
      if (!NOTIFICATIONS.equals(event.record().topic())) {
        committer.markProcessed(event);
      }
    }
    committer.markBatchFinished();
  }

  private void completed(boolean success, String message, Throwable error) {
    if (!success) {
      failure.compareAndSet(null, error == null ? new IllegalStateException(message) : error);
    }
  }

  private final class Progress implements DebeziumEngine.ConnectorCallback {
    @Override
    public void pollingStarted() {
      polling.run();
    }
  }
}
