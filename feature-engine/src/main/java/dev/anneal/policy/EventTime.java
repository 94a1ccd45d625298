package dev.anneal.policy;

/// Hours and days of event time, UTC, counted since 1970.
public final class EventTime {
  public static final long SECOND_MICROS = 1_000_000;
  public static final long HOUR_MICROS = 3_600 * SECOND_MICROS;
  public static final long DAY_MICROS = 24 * HOUR_MICROS;

  private EventTime() {}

  public static long hour(long micros) {
    return Math.floorDiv(micros, HOUR_MICROS);
  }

  public static long day(long micros) {
    return Math.floorDiv(micros, DAY_MICROS);
  }

  /// The first day that begins at or after `micros`.
  public static long firstWholeDay(long micros) {
    return -Math.floorDiv(-micros, DAY_MICROS);
  }
}
