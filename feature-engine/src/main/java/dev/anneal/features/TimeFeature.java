package dev.anneal.features;

import java.util.Arrays;

/// A row's event time on a circle, as sine and cosine, so that the end of a day or week lies beside
/// its beginning. On the clock of the specification's time zone.
public enum TimeFeature {
  /// Midnight is at (sin, cos) = (0, 1), six in the morning at (1, 0).
  HOUR_OF_DAY("hourOfDay", "hour_of_day", 86_400_000_000L, 0),

  /// Monday's midnight is at (0, 1).
  DAY_OF_WEEK("dayOfWeek", "day_of_week", 7 * 86_400_000_000L, 3 * 86_400_000_000L);

  private final String text;
  private final String feature;
  private final long periodMicros;
  private final long phaseMicros;

  /// @param phaseMicros of 1970-01-01T00:00, a Thursday, in the period
  TimeFeature(String text, String feature, long periodMicros, long phaseMicros) {
    this.text = text;
    this.feature = feature;
    this.periodMicros = periodMicros;
    this.phaseMicros = phaseMicros;
  }

  /// As written in a definition.
  public String text() {
    return text;
  }

  String sinName() {
    return feature + "_sin";
  }

  String cosName() {
    return feature + "_cos";
  }

  /// @param localMicros event time on the zone's clock, counted as if that were UTC's
  double angle(long localMicros) {
    return 2
        * Math.PI
        * Math.floorMod(localMicros + phaseMicros, periodMicros)
        / (double) periodMicros;
  }

  /// @throws IllegalArgumentException saying what is wrong
  public static TimeFeature parse(String text) {
    return Arrays.stream(values())
        .filter(feature -> feature.text.equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "time feature must be one of hourOfDay, dayOfWeek, was '%s'".formatted(text)));
  }
}
