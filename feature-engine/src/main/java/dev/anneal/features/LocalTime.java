package dev.anneal.features;

import java.time.Instant;
import java.time.ZoneId;
import java.time.zone.ZoneRules;

/// Event time on the clock of a zone. Remembers the offset until the zone changes it. For one
/// thread.
final class LocalTime {
  private static final long MICROS = 1_000_000;

  private final ZoneRules rules;
  private long from = 1; // an empty range
  private long to;
  private long offset;

  LocalTime(ZoneId zone) {
    this.rules = zone.getRules();
  }

  /// @return as if the zone's clock were UTC's, microseconds since 1970
  long micros(long time) {
    if (time < from || time >= to) {
      look(time);
    }
    return time + offset;
  }

  private void look(long time) {
    var instant = Instant.ofEpochSecond(Math.floorDiv(time, MICROS));
    offset = rules.getOffset(instant).getTotalSeconds() * MICROS;
    var next = rules.nextTransition(instant);
    from = instant.getEpochSecond() * MICROS;
    to = next == null ? Long.MAX_VALUE : next.toEpochSecond() * MICROS;
  }
}
