package dev.anneal.control.schedule;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinition;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.util.Map;
import java.util.regex.Pattern;

/// The local times that a cron pattern means. Patterns are Unix's five fields, Spring's six (the
/// seconds must be one number: at most one run a minute), or `@hourly`, `@daily`, `@midnight`,
/// `@weekly`, `@monthly`, `@yearly`, `@annually`.
///
/// Days of a Unix pattern follow Vixie's cron (crontab(5)): where one of the two day fields begins
/// with `*`, a day must match both, so `*/2 * 1` is a Monday with an odd date; else one of them, so
/// `1,15 * 1` is the 1st, the 15th and every Monday. In Spring's patterns a day must always match
/// both.
///
/// @param everyHour whether it runs in every hour of its days
record CronPattern(ExecutionTime localTimes, boolean everyHour) {
  private static final Map<String, String> NICKNAMES =
      Map.of(
          "@hourly", "0 * * * *",
          "@daily", "0 0 * * *",
          "@midnight", "0 0 * * *",
          "@weekly", "0 0 * * 0",
          "@monthly", "0 0 1 * *",
          "@yearly", "0 0 1 1 *",
          "@annually", "0 0 1 1 *");
  private static final int UNIX_FIELDS = 5;
  private static final int UNIX_DAY_OF_MONTH = 2;
  private static final int UNIX_DAY_OF_WEEK = 4;
  private static final int SPRING_FIELDS = 6;
  private static final Pattern EVERY_HOUR = Pattern.compile("\\*(/1)?|0-23|0/1");
  private static final Pattern ONE_SECOND = Pattern.compile("[0-9]{1,2}");

  private static final CronDefinition SPRING =
      CronDefinitionBuilder.instanceDefinitionFor(CronType.SPRING53);
  private static final CronDefinition UNIX_EITHER_DAY =
      CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX);

  /// As [#UNIX_EITHER_DAY] but for the last line; the library has no ready one.
  private static final CronDefinition UNIX_BOTH_DAYS =
      CronDefinitionBuilder.defineCron()
          .withMinutes()
          .withValidRange(0, 59)
          .withStrictRange()
          .and()
          .withHours()
          .withValidRange(0, 23)
          .withStrictRange()
          .and()
          .withDayOfMonth()
          .withValidRange(1, 31)
          .withStrictRange()
          .and()
          .withMonth()
          .withValidRange(1, 12)
          .withStrictRange()
          .and()
          .withDayOfWeek()
          .withValidRange(0, 7)
          .withMondayDoWValue(1)
          .withIntMapping(7, 0)
          .withStrictRange()
          .and()
          .matchDayOfWeekAndDayOfMonth()
          .instance();

  /// @throws IllegalArgumentException saying what is wrong
  static CronPattern parse(String pattern) {
    String plain = NICKNAMES.getOrDefault(pattern.strip(), pattern.strip());
    String[] fields = plain.split("\\s+");
    if (fields.length != UNIX_FIELDS && fields.length != SPRING_FIELDS) {
      throw new IllegalArgumentException(
          "must have 5 fields (Unix) or 6 (Spring), or be one of @hourly, @daily, @weekly, @monthly, @yearly;"
              + " was \"%s\"".formatted(pattern));
    }
    if (fields.length == SPRING_FIELDS && !ONE_SECOND.matcher(fields[0]).matches()) {
      throw new IllegalArgumentException(
          "must run at most once a minute: the seconds must be one number, was \"%s\""
              .formatted(pattern));
    }
    try {
      var cron = new CronParser(definition(fields)).parse(plain);
      String hours = fields[fields.length - 4];
      return new CronPattern(ExecutionTime.forCron(cron), EVERY_HOUR.matcher(hours).matches());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("is no cron pattern: %s".formatted(e.getMessage()), e);
    }
  }

  private static CronDefinition definition(String[] fields) {
    if (fields.length == SPRING_FIELDS) {
      return SPRING;
    }
    boolean star =
        fields[UNIX_DAY_OF_MONTH].startsWith("*") || fields[UNIX_DAY_OF_WEEK].startsWith("*");
    return star ? UNIX_BOTH_DAYS : UNIX_EITHER_DAY;
  }
}
