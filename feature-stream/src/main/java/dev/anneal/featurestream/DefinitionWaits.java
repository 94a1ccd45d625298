package dev.anneal.featurestream;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/// How long rows may wait for the definition of their organization, which may be on its way. A wait
/// holds up a stream thread with all its tasks, so it is shared by the tasks of an instance: once
/// for each name until it is defined, and for all names together at most the patience in each
/// [#REST]: the consumer has to poll every 10 minutes. Safe for use by many threads.
final class DefinitionWaits {
  /// From the end of a wait, for whatever names, to the next.
  static final Duration REST = Duration.ofMinutes(5);

  private final Duration patience;
  private final Map<String, Long> ends = new HashMap<>();
  private boolean waited;
  private long end;

  DefinitionWaits(Duration patience) {
    this.patience = patience;
  }

  /// How much longer a row of this organization may wait; zero or less when no more.
  ///
  /// @param nanos now, by [System#nanoTime]
  synchronized Duration left(String organization, long nanos) {
    Long known = ends.get(organization);
    if (known != null) {
      return Duration.ofNanos(known - nanos);
    }
    if (!waited || nanos - end >= REST.toNanos()) {
      end = nanos + patience.toNanos();
      waited = true;
    }
    if (end - nanos > 0) { // who found no time left may wait another time
      ends.put(organization, end);
    }
    return Duration.ofNanos(end - nanos);
  }

  /// The organization has its definition: should it lose it, its rows may wait again.
  synchronized void defined(String organization) {
    ends.remove(organization);
  }
}
