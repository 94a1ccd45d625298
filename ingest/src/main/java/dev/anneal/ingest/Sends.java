package dev.anneal.ingest;

import dev.anneal.stage.Redaction;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// What was sent and is not yet acknowledged. Used by one thread.
final class Sends {
  private final List<CompletableFuture<?>> pending = new ArrayList<>();

  void add(CompletableFuture<?> send) {
    pending.add(send);
  }

  /// Returns when all is acknowledged.
  ///
  /// @throws CaptureException when something cannot be delivered now
  void await() throws InterruptedException {
    try {
      for (var send : pending) {
        send.get();
      }
    } catch (ExecutionException e) {
      throw new CaptureException(
          CaptureException.Code.DELIVERY_FAILED,
          "Kafka did not take a record: " + Redaction.of(String.valueOf(e.getCause())),
          e);
    } finally {
      pending.clear();
    }
  }
}
