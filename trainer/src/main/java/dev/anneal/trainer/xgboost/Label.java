package dev.anneal.trainer.xgboost;

import java.util.Arrays;

/// What is known of a row at the end of the data: does a failure of the asset follow within the
/// horizon?
public enum Label {
  /// The horizon has passed without a failure.
  NEGATIVE,

  /// The horizon has passed, with a failure.
  POSITIVE,

  /// A failure followed, but the horizon has not passed yet: rows beside it that will turn out
  /// negative are still unknown, so counting it makes failures look more frequent than they are.
  EARLY_POSITIVE,

  /// The horizon has not passed.
  UNKNOWN;

  private static final Label[] ALL = values();

  /// @param failuresMicros event times of the asset's failures, ascending
  /// @param newestMicros newest event time of all data
  /// @return whether one of them lies in (time, time + horizon]
  public static Label of(
      long timeMicros, long horizonMicros, long[] failuresMicros, long newestMicros) {
    int at = Arrays.binarySearch(failuresMicros, timeMicros + 1);
    int next = at >= 0 ? at : -at - 1;
    boolean failed =
        next < failuresMicros.length && failuresMicros[next] <= timeMicros + horizonMicros;
    boolean mature = timeMicros + horizonMicros <= newestMicros;
    if (failed) {
      return mature ? POSITIVE : EARLY_POSITIVE;
    }
    return mature ? NEGATIVE : UNKNOWN;
  }

  static Label of(byte ordinal) {
    return ALL[ordinal];
  }
}
