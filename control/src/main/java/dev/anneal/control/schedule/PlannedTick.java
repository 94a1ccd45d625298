package dev.anneal.control.schedule;

import java.time.Duration;
import java.time.Instant;

/// The next tick of a model's schedule, as it waits in the database: `<due> <timezone> <pattern>`.
record PlannedTick(Instant due, String timezone, String pattern) {
  /// A tick this much behind its time was missed: no instance was there to give it.
  static final Duration MISSED_AFTER = Duration.ofMinutes(1);

  private static final int PARTS = 3;

  static PlannedTick parse(String text) {
    String[] parts = text.split(" ", PARTS);
    return new PlannedTick(Instant.parse(parts[0]), parts[1], parts[2]);
  }

  String text() {
    return "%s %s %s".formatted(due, timezone, pattern);
  }

  ZonedCron cron() {
    return ZonedCron.of(pattern, timezone);
  }

  boolean isOf(ModelSchedule schedule) {
    return schedule.pattern().equals(pattern) && schedule.timezone().equals(timezone);
  }

  /// The one tick to give now for all that are due: the last of them.
  ///
  /// @param now not before `due`
  Tick tick(ModelSchedule schedule, Instant now) {
    Instant last = cron().latest(now).filter(t -> t.isAfter(due)).orElse(due);
    boolean missed = !last.equals(due) || last.plus(MISSED_AFTER).isBefore(now);
    return new Tick(schedule, last, missed);
  }
}
