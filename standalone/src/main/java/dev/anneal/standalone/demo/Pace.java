package dev.anneal.standalone.demo;

import java.time.Duration;
import java.time.Instant;

/// Turns wall-clock time into event time: never faster than a day in [#day], and never further
/// ahead of the loop than it keeps up, so that on a busy machine event time goes slower.
///
/// @param day wall-clock time of a day of event time
record Pace(Duration day) {
  /// Wall-clock time between a row and its score, on a machine that has time: as much event time
  /// may be under way.
  private static final Duration UNDER_WAY = Duration.ofSeconds(4);

  private static final Duration LEAST_LEAD = Duration.ofDays(1);

  /// @param time reached so far
  /// @param done event time that the loop has worked off
  /// @param elapsed wall-clock time since the last call
  /// @param present what lies after it would be refused as of the future
  /// @return event time to go on to; `time`: wait
  Instant next(Instant time, Instant done, Duration elapsed, Instant present) {
    Instant next = time.plus(eventTime(elapsed));
    Instant furthest = done.plus(lead());
    Instant limit = furthest.isBefore(present) ? furthest : present;
    Instant bounded = next.isBefore(limit) ? next : limit;
    return bounded.isAfter(time) ? bounded : time;
  }

  private Duration lead() {
    Duration lead = eventTime(UNDER_WAY);
    return lead.compareTo(LEAST_LEAD) > 0 ? lead : LEAST_LEAD;
  }

  private Duration eventTime(Duration wall) {
    double days = (double) wall.toNanos() / day.toNanos();
    return Duration.ofMillis((long) (days * Duration.ofDays(1).toMillis()));
  }
}
