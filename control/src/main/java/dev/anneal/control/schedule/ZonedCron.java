package dev.anneal.control.schedule;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.List;
import java.util.Optional;

/// A cron pattern in a time zone, with the meaning people expect where clocks change (Vixie
/// cron's):
/// - a pattern that names hours runs once, right after the gap, where the clock jumps over its
///   time, and once, the first time, where the clock shows its time twice; where a whole day is
///   left out (Apia, 30 December 2011) so is it;
/// - a pattern for every hour runs in every hour that passes.
///
/// [CronPattern] has the patterns. cron-utils finds the local times, without knowing of the zone:
/// on its own it skips runs in gaps. Immutable.
public final class ZonedCron {
  /// 29 February may be eight years away.
  private static final List<Duration> LOOK_BACK =
      List.of(
          Duration.ofHours(1),
          Duration.ofDays(1),
          Duration.ofDays(8),
          Duration.ofDays(62),
          Duration.ofDays(366),
          Duration.ofDays(8 * 366));

  private static final LocalDateTime CHECK_FROM = LocalDateTime.of(2024, 1, 1, 0, 0);

  private final CronPattern pattern;
  private final ZoneId zone;
  private final ZoneRules rules;

  private ZonedCron(CronPattern pattern, ZoneId zone) {
    this.pattern = pattern;
    this.zone = zone;
    this.rules = zone.getRules();
  }

  /// @throws IllegalArgumentException saying what is wrong with the pattern or the zone
  public static ZonedCron of(String pattern, String timezone) {
    ZoneId zone = zone(timezone);
    var result = new ZonedCron(CronPattern.parse(pattern), zone);
    if (result.nextLocal(CHECK_FROM).isEmpty()) {
      throw new IllegalArgumentException(
          "never runs: there is no such day, was \"%s\"".formatted(pattern));
    }
    return result;
  }

  /// @throws IllegalArgumentException saying what is wrong
  public static void check(String pattern) {
    of(pattern, "UTC");
  }

  /// @throws IllegalArgumentException when there is no such zone
  public static ZoneId zone(String timezone) {
    try {
      return ZoneId.of(timezone);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "must be a time zone such as UTC or Europe/Berlin, was \"%s\"".formatted(timezone), e);
    }
  }

  /// The first run after the instant; empty where there is none in the calendar.
  public Optional<Instant> next(Instant after) {
    return pattern.everyHour() ? nextOfEveryHour(after) : nextOfNamedHours(after);
  }

  /// The last run at or before the instant; empty when there was none in the eight years before.
  public Optional<Instant> latest(Instant now) {
    for (var back : LOOK_BACK) {
      Optional<Instant> run = next(now.minus(back)).filter(r -> !r.isAfter(now));
      if (run.isPresent()) {
        return Optional.of(lastFrom(run.get(), now));
      }
    }
    return Optional.empty();
  }

  private Instant lastFrom(Instant run, Instant now) {
    Instant last = run;
    Optional<Instant> next = next(last);
    while (next.isPresent() && !next.get().isAfter(now)) {
      last = next.get();
      next = next(last);
    }
    return last;
  }

  private Optional<Instant> nextOfNamedHours(Instant after) {
    Optional<LocalDateTime> local = nextLocal(LocalDateTime.ofInstant(after, zone));
    while (local.isPresent()) {
      Optional<Instant> run = runAt(local.get()).filter(r -> r.isAfter(after));
      if (run.isPresent()) {
        return run;
      }
      local = nextLocal(local.get());
    }
    return Optional.empty();
  }

  private Optional<Instant> runAt(LocalDateTime local) {
    ZoneOffsetTransition change = rules.getTransition(local);
    if (change == null) {
      return Optional.of(local.toInstant(rules.getOffset(local)));
    }
    if (change.isOverlap()) {
      return Optional.of(local.toInstant(change.getOffsetBefore()));
    }
    boolean wholeDay = change.getDuration().compareTo(Duration.ofDays(1)) >= 0;
    return wholeDay ? Optional.empty() : Optional.of(change.getInstant());
  }

  /// Goes through the stretches of one offset, so that every local time that passes counts, also
  /// the second time.
  private Optional<Instant> nextOfEveryHour(Instant after) {
    Instant from = after;
    ZoneOffset offset = rules.getOffset(after);
    while (true) {
      ZoneOffsetTransition change = rules.nextTransition(from);
      Optional<Instant> run = nextLocal(LocalDateTime.ofInstant(from, offset)).map(at(offset));
      if (run.isEmpty() || change == null || run.get().isBefore(change.getInstant())) {
        return run;
      }
      from = change.getInstant();
      offset = change.getOffsetAfter();
      LocalDateTime start = LocalDateTime.ofInstant(from, offset);
      Optional<Instant> atStart =
          nextLocal(start.minusNanos(1)).filter(start::equals).map(at(offset));
      if (atStart.isPresent()) {
        return atStart;
      }
    }
  }

  private static java.util.function.Function<LocalDateTime, Instant> at(ZoneOffset offset) {
    return local -> local.toInstant(offset);
  }

  private Optional<LocalDateTime> nextLocal(LocalDateTime after) {
    return pattern
        .localTimes()
        .nextExecution(after.atZone(ZoneOffset.UTC))
        .map(t -> t.toLocalDateTime());
  }
}
