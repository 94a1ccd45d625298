package dev.anneal.featurestream;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.RetriableException;

/// Tries again while a registry is away, as long as the consumer may be silent; then the failure
/// goes up, the stream thread is replaced, and the record comes again.
final class Patience {
  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final Duration PAUSE = Duration.ofMillis(250);

  private Patience() {}

  static <T> T retry(Supplier<T> attempt) {
    for (long waited = 0; ; waited += PAUSE.toMillis()) {
      try {
        return attempt.get();
      } catch (RetriableException e) {
        if (waited >= LONGEST.toMillis() || Thread.currentThread().isInterrupted()) {
          throw e;
        }
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
  }
}
