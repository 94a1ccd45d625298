package dev.anneal.standalone;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// Something that starts on a thread of its own. A busy machine starts it late: there is no limit,
/// but it is reported what the start waits for.
final class Starting<T> {
  private static final Duration REPORT = Duration.ofSeconds(10);

  /// The start.
  interface Start<T> {
    T get() throws IOException;
  }

  private final String name;
  private final String hint;
  private final CompletableFuture<T> future = new CompletableFuture<>();

  /// @param hint what a long start may wait for, or empty
  Starting(String name, String hint, Start<T> start) {
    this.name = name;
    this.hint = hint;
    Thread.ofPlatform()
        .name("start " + name)
        .start(
            () -> {
              try {
                future.complete(start.get());
              } catch (Throwable e) {
                future.completeExceptionally(e);
              }
            });
  }

  /// @param progress receives what is waited for
  /// @throws IOException in one line, why it did not start
  T await(Consumer<String> progress) throws IOException {
    var waited = Duration.ZERO;
    while (true) {
      try {
        return future.get(REPORT.toSeconds(), TimeUnit.SECONDS);
      } catch (TimeoutException _) {
        waited = waited.plus(REPORT);
        progress.accept("waiting for %s, %d s so far%s".formatted(name, waited.toSeconds(), hint));
      } catch (ExecutionException e) {
        throw new IOException(
            "%s cannot start: %s".formatted(name, Reason.of(e.getCause())), e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while %s started".formatted(name), e);
      }
    }
  }

  /// Returns when it has started or failed, so that what has started can be closed.
  void awaitQuietly() {
    future.handle((_, _) -> true).join();
  }
}
