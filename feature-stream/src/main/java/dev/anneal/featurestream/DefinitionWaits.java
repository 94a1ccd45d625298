package dev.anneal.featurestream;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/// How long rows may wait for the definition of their organization, which may be on its way. A wait
/// holds up a stream thread with all its tasks, so it is shared by the tasks of an instance: once
/// for each name until it is defined, and for all names together at most the patience in each
/// [#REST]: the consumer has to poll every 10 minutes. Looks are counted, not time: while the
/// machine stands still, patience does not run out. Safe for use by many threads.
final class DefinitionWaits {
  /// After a wait, for whatever names, until the next.
  static final Duration REST = Duration.ofMinutes(5);

  /// The most that counts from one look to the next.
  static final Duration LOOK = Duration.ofMillis(250);

  private final Duration patience;

  /// By name, in nanoseconds of [#counted].
  private final Map<String, Long> ends = new HashMap<>();

  private long counted;
  private long lastLook;
  private boolean hasWaited;
  private long begin;
  private long end;

  DefinitionWaits(Duration patience) {
    this.patience = patience;
  }

  /// How long a row of this organization may wait before it looks again; zero or less: it may not
  /// wait any more.
  ///
  /// @param nanos now, by [System#nanoTime]
  synchronized Duration untilNextLook(String organization, long nanos) {
    counted += Math.min(nanos - lastLook, LOOK.toNanos());
    lastLook = nanos;
    Long known = ends.get(organization);
    if (known != null) {
      return look(known - counted);
    }
    if (!hasWaited || nanos - begin >= patience.plus(REST).toNanos()) {
      hasWaited = true;
      begin = nanos;
      end = counted + patience.toNanos();
    }
    if (end - counted > 0) { // who found no time left may wait another time
      ends.put(organization, end);
    }
    return look(end - counted);
  }

  private static Duration look(long left) {
    return Duration.ofNanos(Math.min(left, LOOK.toNanos()));
  }

  /// The organization has its definition: should it lose it, its rows may wait again.
  synchronized void defined(String organization) {
    ends.remove(organization);
  }
}
