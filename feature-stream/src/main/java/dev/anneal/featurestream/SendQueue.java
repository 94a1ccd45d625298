package dev.anneal.featurestream;

import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;

/// Tasks that a thread of its own runs, one after the other, in the order they were handed over.
/// Made for some hundred thousand a second: the thread looks for them every half a millisecond, for
/// to wake it for each costs more than the task, and sleeps after a tenth of a second without.
/// Handing over waits while [#CAPACITY] tasks wait.
final class SendQueue {
  static final int CAPACITY = 4_096;

  private static final long PAUSE_NANOS = 500_000;
  private static final int LOOKS = 200;

  private final ArrayBlockingQueue<Runnable> tasks = new ArrayBlockingQueue<>(CAPACITY);
  private final Thread thread;
  private volatile boolean closed;

  private SendQueue(String name) {
    this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
  }

  /// @param name of the thread
  static SendQueue start(String name) {
    var queue = new SendQueue(name);
    queue.thread.start();
    return queue;
  }

  private void run() {
    var batch = new ArrayList<Runnable>(CAPACITY);
    int looks = 0;
    while (!closed || !tasks.isEmpty()) {
      if (tasks.drainTo(batch) > 0) {
        batch.forEach(Runnable::run);
        batch.clear();
        looks = 0;
      } else if (looks++ < LOOKS) {
        LockSupport.parkNanos(PAUSE_NANOS);
      } else {
        awaitNext().run();
      }
    }
  }

  private Runnable awaitNext() {
    try {
      return tasks.take();
    } catch (InterruptedException e) {
      throw new InterruptException(e); // nobody interrupts it
    }
  }

  /// What a task hands over itself is run at once.
  ///
  /// @param task that throws nothing
  /// @throws InterruptException when interrupted while the queue is full
  /// @throws IllegalStateException when closed
  void handOver(Runnable task) {
    if (closed) {
      throw new KafkaException("%s is closed".formatted(thread.getName()));
    }
    if (Thread.currentThread() == thread) {
      task.run();
      return;
    }
    try {
      tasks.put(task);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  /// Returns when all that was handed over has run.
  ///
  /// @throws InterruptException when interrupted before
  /// @throws IllegalStateException when closed, or the thread has died
  void drain() {
    var reached = new CountDownLatch(1);
    handOver(reached::countDown);
    LockSupport.unpark(thread);
    try {
      while (!reached.await(1, TimeUnit.SECONDS)) {
        if (!thread.isAlive()) {
          throw new KafkaException("%s has died".formatted(thread.getName()));
        }
      }
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  /// Ends the thread when all that was handed over has run, and waits for that.
  ///
  /// @param timeout to wait at most
  /// @throws InterruptException when interrupted before
  void close(Duration timeout) {
    closed = true;
    tasks.offer(() -> {}); // wakes it; a full queue needs none
    LockSupport.unpark(thread);
    try {
      thread.join(timeout);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }
}
