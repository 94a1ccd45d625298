package dev.anneal.embedded;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Processes, ours or adopted by the system.
final class Processes {
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private Processes() {}

  /// Not one that has ended and that nobody has asked for its exit code, as in a container without
  /// an init process.
  static boolean isRunning(ProcessHandle process) {
    return process.isAlive() && process.info().command().isPresent();
  }

  /// Waits through interrupts: what uses the process's files must not go on before.
  ///
  /// @return whether it ended within the limit
  static boolean awaitEnd(ProcessHandle process, Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    boolean isInterrupted = false;
    while (isRunning(process) && System.nanoTime() < end) {
      LockSupport.parkNanos(POLL_NANOS);
      isInterrupted |= Thread.interrupted();
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
    return !isRunning(process);
  }
}
