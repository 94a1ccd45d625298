package dev.anneal.ingest;

import dev.anneal.schemas.Micros;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.TemporalAccessor;

/// Event times as source columns give them. Times without a zone are UTC; whole numbers are
/// milliseconds since 1970.
final class EventTime {
  private static final DateTimeFormatter TEXT =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .optionalStart()
          .appendPattern("['T'][' ']")
          .append(DateTimeFormatter.ISO_LOCAL_TIME)
          .optionalStart()
          .appendPattern("[XXX][X]")
          .toFormatter(java.util.Locale.ROOT);

  private static final long YEAR_10_000 = Micros.of(Instant.parse("9999-12-31T23:59:59.999999Z"));

  private EventTime() {}

  /// @return microseconds since 1970, never negative: Kafka's record timestamps cannot be
  /// @throws IllegalArgumentException when the value is no time; says why
  static long micros(Object value) {
    try {
      long micros =
          switch (value) {
            case Instant instant -> Micros.of(instant);
            case Long millis -> Math.multiplyExact(millis, 1_000L);
            case Integer millis -> millis * 1_000L;
            case Double millis when Double.isFinite(millis) ->
                Math.multiplyExact(Math.round(millis), 1_000L);
            case BigDecimal millis ->
                millis.movePointRight(3).setScale(0, RoundingMode.HALF_EVEN).longValueExact();
            case String text -> Micros.of(parse(text.strip()));
            default -> throw new IllegalArgumentException("`%s` is no time".formatted(value));
          };
      if (micros < 0) {
        throw new IllegalArgumentException("`%s` lies before 1970".formatted(value));
      }
      if (micros >= YEAR_10_000) {
        throw new IllegalArgumentException(
            "`%s` lies after the year 9999".formatted(value)); // `infinity`, too
      }
      return micros;
    } catch (ArithmeticException | DateTimeException e) {
      throw new IllegalArgumentException("`%s` is no time: %s".formatted(value, e.getMessage()), e);
    }
  }

  private static Instant parse(String text) {
    TemporalAccessor parsed =
        TEXT.parseBest(text, Instant::from, LocalDateTime::from, LocalDate::from);
    return switch (parsed) {
      case Instant instant -> instant;
      case LocalDateTime local -> local.toInstant(ZoneOffset.UTC);
      default -> LocalDate.from(parsed).atStartOfDay(ZoneOffset.UTC).toInstant();
    };
  }
}
