package dev.anneal.ingest;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordTooLargeException;

/// A record that the broker will never take. It must not hold up the ones behind it.
final class BrokerRefusal {
  private BrokerRefusal() {}

  /// The send, or, where the broker refuses the record for good, what is done instead.
  static CompletableFuture<?> orElse(
      CompletableFuture<?> send, Function<Throwable, CompletableFuture<?>> instead) {
    return send.<Object>thenApply(_ -> true)
        .exceptionallyCompose(
            failure -> {
              for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
                if (cause instanceof RecordTooLargeException
                    || cause instanceof InvalidTimestampException) {
                  return instead.apply(cause).thenApply(_ -> true);
                }
              }
              return CompletableFuture.failedFuture(failure);
            });
  }
}
