package dev.anneal.featurestream;

/// Hours and days of event time, UTC, counted since 1970.
final class EventTime {
  static final long SECOND_MICROS = 1_000_000;
  static final long HOUR_MICROS = 3_600 * SECOND_MICROS;
  static final long DAY_MICROS = 24 * HOUR_MICROS;

  private EventTime() {}

  static long hour(long micros) {
    return Math.floorDiv(micros, HOUR_MICROS);
  }

  static long day(long micros) {
    return Math.floorDiv(micros, DAY_MICROS);
  }

  /// The first day that begins at or after `micros`.
  static long firstWholeDay(long micros) {
    return -Math.floorDiv(-micros, DAY_MICROS);
  }
}
