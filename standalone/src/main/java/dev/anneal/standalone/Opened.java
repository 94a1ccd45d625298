package dev.anneal.standalone;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What has been opened, closed in the reverse order. Safe for use by many threads.
final class Opened implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Opened.class);

  private record Named(String name, AutoCloseable thing) {}

  private final Deque<Named> things = new ArrayDeque<>();
  private volatile String closing = "";

  synchronized <T extends AutoCloseable> T add(String name, T thing) {
    things.push(new Named(name, thing));
    return thing;
  }

  private synchronized Named next() {
    return things.pop();
  }

  private synchronized boolean isEmpty() {
    return things.isEmpty();
  }

  /// What is being closed now; empty where nothing is.
  String closing() {
    return closing;
  }

  /// What fails to close does not keep the rest from closing.
  @Override
  public void close() {
    while (!isEmpty()) {
      var next = next();
      closing = next.name();
      try {
        next.thing().close();
      } catch (Exception e) {
        LOG.warn("{} did not stop cleanly", next.name(), e);
      }
    }
    closing = "";
  }
}
