package dev.anneal.deployer;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Waiting for what was sent, with the failure itself and not its wrapping: who decides whether to
/// try again looks at its type.
final class Sends {
  /// Something did not happen in time; trying again can help.
  static final class LateException extends RuntimeException {
    LateException(String message) {
      super(message);
    }
  }

  private Sends() {}

  static void await(CompletableFuture<Void> sent) {
    try {
      sent.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  /// @throws LateException when it takes longer
  static void await(CompletableFuture<Void> awaited, Duration limit, String what) {
    try {
      awaited.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new LateException("%s took longer than %s".formatted(what, limit));
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LateException("interrupted: " + what);
    }
  }
}
