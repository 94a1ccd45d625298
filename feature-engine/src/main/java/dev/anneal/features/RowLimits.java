package dev.anneal.features;

import java.time.Duration;

/// Which rows get into the features, by their clocks.
///
/// @param graceSeconds how much older than the newest row a row may be to be placed still
/// @param aheadSeconds how far a row's event time may lie after its known time
public record RowLimits(int graceSeconds, int aheadSeconds) {
  /// Longest grace and clock difference.
  public static final Duration MAX = Duration.ofDays(1);

  /// Rows may overtake each other by a minute, clocks of machines and of their database differ by
  /// an hour.
  public static final RowLimits DEFAULT = new RowLimits(60, 3600);

  /// @throws IllegalArgumentException saying what is wrong
  public RowLimits {
    require("grace", graceSeconds);
    require("time ahead", aheadSeconds);
  }

  private static void require(String what, int seconds) {
    if (seconds < 0 || seconds > MAX.toSeconds()) {
      throw new IllegalArgumentException(
          "%s must be 0 to %d seconds, was %d".formatted(what, MAX.toSeconds(), seconds));
    }
  }

  /// Whether a row's event time can be true: not before 1970, and not further after the known time
  /// than clocks differ. A row whose time cannot be is to be rejected before it is added anywhere:
  /// as the newest of its asset it would make every true row after it late.
  ///
  /// @param eventTimeMicros when it was measured, as its source says
  /// @param knownTimeMicros when the source committed it
  public boolean isPlausible(long eventTimeMicros, long knownTimeMicros) {
    return eventTimeMicros >= 0 && eventTimeMicros <= knownTimeMicros + aheadSeconds * 1_000_000L;
  }
}
