package dev.anneal.control.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.scheduling.support.CronExpression;

/// The vectors of the reliability table, what cron users expect of clock changes, and properties
/// over zones and years.
class ZonedCronTest {
  private static List<String> runs(String pattern, String zone, String after, String until) {
    var cron = ZonedCron.of(pattern, zone);
    var runs = new ArrayList<String>();
    Instant end = OffsetDateTime.parse(until).toInstant();
    Instant run = cron.next(OffsetDateTime.parse(after).toInstant()).orElseThrow();
    while (run.isBefore(end)) {
      runs.add(run.atZone(ZoneId.of(zone)).toOffsetDateTime().toString());
      run = cron.next(run).orElseThrow();
    }
    return runs;
  }

  @Test
  void runsADailyJobRightAfterTheGap() {
    assertThat(
            runs("30 2 * * *", "Europe/Berlin", "2026-03-28T00:00+01:00", "2026-03-31T00:00+02:00"))
        .containsExactly(
            "2026-03-28T02:30+01:00", "2026-03-29T03:00+02:00", "2026-03-30T02:30+02:00");
  }

  @Test
  void runsADailyJobOnceInTheOverlapTheFirstTime() {
    assertThat(
            runs("30 2 * * *", "Europe/Berlin", "2026-10-24T00:00+02:00", "2026-10-27T00:00+01:00"))
        .containsExactly(
            "2026-10-24T02:30+02:00", "2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00");
  }

  @Test
  void runsAnHourlyJobInEveryRealHourOfTheOverlap() {
    assertThat(
            runs("0 * * * *", "Europe/Berlin", "2026-10-25T00:30+02:00", "2026-10-25T04:30+01:00"))
        .containsExactly(
            "2026-10-25T01:00+02:00",
            "2026-10-25T02:00+02:00",
            "2026-10-25T02:00+01:00",
            "2026-10-25T03:00+01:00",
            "2026-10-25T04:00+01:00");
  }

  @Test
  void runsAnHourlyJobInEveryRealHourOfTheGap() {
    assertThat(
            runs("0 * * * *", "Europe/Berlin", "2026-03-29T00:30+01:00", "2026-03-29T05:00+02:00"))
        .containsExactly(
            "2026-03-29T01:00+01:00", "2026-03-29T03:00+02:00", "2026-03-29T04:00+02:00");
  }

  @Test
  void runsAfterAGapAtMidnight() {
    assertThat(
            runs(
                "15 0 * * *",
                "America/Santiago",
                "2026-09-05T12:00-04:00",
                "2026-09-07T12:00-03:00"))
        .containsExactly("2026-09-06T01:00-03:00", "2026-09-07T00:15-03:00");
  }

  @Test
  void runsAfterAGapOfHalfAnHour() {
    assertThat(
            runs(
                "15 2 * * *",
                "Australia/Lord_Howe",
                "2026-10-03T12:00+10:30",
                "2026-10-05T12:00+11:00"))
        .containsExactly("2026-10-04T02:30+11:00", "2026-10-05T02:15+11:00");
  }

  @Test
  void skipsADayThatDoesNotExist() {
    assertThat(
            runs("30 2 * * *", "Pacific/Apia", "2011-12-29T00:00-10:00", "2012-01-01T00:00+14:00"))
        .containsExactly("2011-12-29T02:30-10:00", "2011-12-31T02:30+14:00");
  }

  @Test
  void runsSeveralTimesOfOneGapOnce() {
    assertThat(
            runs(
                "0,20,40 2,3 * * *",
                "Europe/Berlin",
                "2026-03-29T00:00+01:00",
                "2026-03-29T04:00+02:00"))
        .containsExactly(
            "2026-03-29T03:00+02:00", "2026-03-29T03:20+02:00", "2026-03-29T03:40+02:00");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0 0 30 2 *          | never runs: there is no such day
          0 0 31 4 *          | never runs
          61 * * * *          | is no cron pattern
          0 2 * *             | must have 5 fields
          @reboot             | must have 5 fields
          */10 * * * * *      | at most once a minute
          every day           | must have 5 fields
          a b c d e           | is no cron pattern
          """)
  void refusesWhatNeverRunsOrIsNoPattern(String pattern, String message) {
    assertThatThrownBy(() -> ZonedCron.check(pattern))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void refusesZonesThatAreNone() {
    assertThatThrownBy(() -> ZonedCron.of("@daily", "Europe/Atlantis"))
        .hasMessage("must be a time zone such as UTC or Europe/Berlin, was \"Europe/Atlantis\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0 2 * * 0         | 2026-01-04T02:00
          0 2 * * 7         | 2026-01-04T02:00
          0 2 * * SUN       | 2026-01-04T02:00
          0 0 3 1 * *       | 2026-02-01T03:00
          0 0 3 ? * MON-FRI | 2026-01-02T03:00
          @hourly           | 2026-01-01T13:00
          @daily            | 2026-01-02T00:00
          @weekly           | 2026-01-04T00:00
          @monthly          | 2026-02-01T00:00
          @yearly           | 2027-01-01T00:00
          0 0 29 2 *        | 2028-02-29T00:00
          0 0 1 * 1         | 2026-01-05T00:00
          */15 * * * *      | 2026-01-01T12:45
          """)
  void readsUnixSpringAndNicknames(String pattern, LocalDateTime first) {
    var next = ZonedCron.of(pattern, "UTC").next(Instant.parse("2026-01-01T12:30:00Z"));

    assertThat(next).contains(first.toInstant(ZoneOffset.UTC));
  }

  /// By hand from the calendar: 1 January 2026 is a Thursday, 1 February and 1 March are Sundays, 1
  /// June is a Monday.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # a field that begins with *: a day matches both
          0 2 */2 * 1       | 01-05 01-19 02-09 02-23 03-09 03-23
          0 2 */2 * MON     | 01-05 01-19 02-09 02-23 03-09 03-23
          0 2 1 * */2       | 01-01 02-01 03-01 08-01 09-01 10-01
          0 2 */10 * */3    | 01-11 01-21 01-31 02-01 02-11 02-21
          0 2 *,5 * 1       | 01-05 01-12 01-19 01-26 02-02 02-09
          0 2 */1 * 1       | 01-05 01-12 01-19 01-26 02-02 02-09
          0 2 */31 * 1      | 06-01
          0 2 13 * *        | 01-13 02-13 03-13 04-13 05-13 06-13
          # none does: a day matches one of them
          0 2 1,15 * 1      | 01-01 01-05 01-12 01-15 01-19 01-26
          0 2 1-31/2 * 1    | 01-01 01-03 01-05 01-07 01-09 01-11 01-12
          # Spring's: a day matches both
          0 0 2 */2 * 1     | 01-05 01-19 02-09 02-23 03-09 03-23
          0 0 2 1 * 1       | 06-01
          """)
  void joinsDaysOfMonthAndWeekAsVixieDoes(String pattern, String days) {
    var cron = ZonedCron.of(pattern, "UTC");
    Instant run = Instant.parse("2025-12-31T12:00:00Z");
    for (String day : days.split(" ")) {
      run = cron.next(run).orElseThrow();
      assertThat(run).as(pattern).isEqualTo("2026-%sT02:00:00Z".formatted(day));
    }
  }

  @Test
  void findsTheLatestRun() {
    Instant now = Instant.parse("2026-05-17T12:34:56Z");

    assertThat(ZonedCron.of("* * * * *", "UTC").latest(now))
        .contains(Instant.parse("2026-05-17T12:34:00Z"));
    assertThat(ZonedCron.of("0 2 * * 0", "UTC").latest(now))
        .contains(Instant.parse("2026-05-17T02:00:00Z"));
    assertThat(ZonedCron.of("0 0 29 2 *", "UTC").latest(now))
        .contains(Instant.parse("2024-02-29T00:00:00Z"));
    assertThat(ZonedCron.of("34 12 * * *", "UTC").latest(Instant.parse("2026-05-17T12:34:00Z")))
        .contains(Instant.parse("2026-05-17T12:34:00Z"));
  }

  /// Every zone whose clock changes in 2018 to 2027, the odd ones of history, and one that never
  /// does.
  static Stream<String> zones() {
    var from = Instant.parse("2018-01-01T00:00:00Z");
    var until = Instant.parse("2028-01-01T00:00:00Z");
    var byRules = new TreeMap<String, String>(); // one zone of each history is enough
    for (String id : new TreeSet<>(ZoneId.getAvailableZoneIds())) {
      var rules = ZoneId.of(id).getRules();
      var changes = new StringBuilder();
      for (var c = rules.nextTransition(from);
          c != null && c.getInstant().isBefore(until);
          c = rules.nextTransition(c.getInstant())) {
        changes.append(c);
      }
      byRules.putIfAbsent(changes.toString(), id);
    }
    return byRules.values().stream();
  }

  @ParameterizedTest
  @MethodSource("zones")
  void runsEveryDailyJobExactlyOnceForEachDay(String id) {
    // Given a time that falls into a gap or an overlap of this zone, if it has one
    var zone = ZoneId.of(id);
    var change = zone.getRules().nextTransition(Instant.parse("2021-01-01T00:00:00Z"));
    var time =
        change == null
            ? LocalDate.EPOCH.atTime(2, 30)
            : (change.isGap() ? change.getDateTimeBefore() : change.getDateTimeAfter())
                .plusMinutes(10);
    var cron = ZonedCron.of("%d %d * * *".formatted(time.getMinute(), time.getHour()), id);
    var first = LocalDate.of(2021, 1, 1);
    var end = first.plusYears(5).atStartOfDay(zone).toInstant();

    // When
    var runs = new ArrayList<Instant>();
    Instant run = cron.next(first.atStartOfDay(zone).toInstant().minusNanos(1)).orElseThrow();
    while (run.isBefore(end)) {
      runs.add(run);
      run = cron.next(run).orElseThrow();
    }

    // Then no run is lost, none is double, and the days between them are days
    assertThat(runs).isSorted().doesNotHaveDuplicates();
    assertThat(runs).hasSizeBetween(1826 - 1, 1826 + 1);
    for (int i = 1; i < runs.size(); i++) {
      assertThat(runs.get(i).getEpochSecond() - runs.get(i - 1).getEpochSecond())
          .as("between %s and %s", runs.get(i - 1), runs.get(i))
          .isBetween(21L * 3600, 27L * 3600);
    }
  }

  @ParameterizedTest
  @MethodSource("zones")
  void runsEveryQuarterOfAnHourThroughEveryChange(String id) {
    var rules = ZoneId.of(id).getRules();
    var cron = ZonedCron.of("*/15 * * * *", id);
    for (var change = rules.nextTransition(Instant.parse("2018-01-01T00:00:00Z"));
        change != null && change.getInstant().isBefore(Instant.parse("2022-01-01T00:00:00Z"));
        change = rules.nextTransition(change.getInstant())) {
      Instant run = change.getInstant().minusSeconds(2 * 3600 + 1);
      for (int i = 0; i < 20; i++) {
        Instant next = cron.next(run).orElseThrow();
        assertThat(next.getEpochSecond() - run.getEpochSecond())
            .as("%s after %s", id, run)
            .isBetween(1L, 900L);
        run = next;
      }
    }
  }

  @Test
  void agreesWithSpringWhereClocksDoNotChange() {
    // Given patterns drawn at random (seed 7); days of month and week not both named, where Unix
    // and Spring differ
    var random = new Random(7);
    var hours = List.of("*", "*/3", "2", "0,12", "8-17");
    var minutes = List.of("0", "30", "*/20", "5,35", "59");
    var days =
        List.of("* * *", "1 * *", "31 * *", "* 2 *", "* * MON-FRI", "* * 0", "29 2 *", "15 */3 *");
    for (int i = 0; i < 200; i++) {
      String pattern =
          "%s %s %s"
              .formatted(
                  minutes.get(random.nextInt(minutes.size())),
                  hours.get(random.nextInt(hours.size())),
                  days.get(random.nextInt(days.size())));
      var spring = CronExpression.parse("0 " + pattern);
      var ours = ZonedCron.of(pattern, "UTC");
      var at = LocalDateTime.of(2024, 1, 1, 0, 0).plusMinutes(random.nextInt(3_000_000));
      for (int run = 0; run < 5; run++) {
        var expected = spring.next(at);
        assertThat(ours.next(at.toInstant(ZoneOffset.UTC)))
            .as("%s after %s", pattern, at)
            .contains(expected.toInstant(ZoneOffset.UTC));
        at = expected;
      }
    }
  }
}
