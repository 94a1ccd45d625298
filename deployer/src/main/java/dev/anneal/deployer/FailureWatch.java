package dev.anneal.deployer;

import org.jspecify.annotations.Nullable;

/// When a predicted failure is an alert: raised at the first score at or above the definition's
/// probability, resolved when [#calmRows] rows in a row are below [#calmShare] of it, so that a
/// score around the limit is one alert and not many. Pure.
///
/// @param calmShare in (0, 1]
/// @param calmRows at least 1
record FailureWatch(double calmShare, int calmRows) {
  /// What is known of one asset.
  ///
  /// @param latest newest alert; null: none yet
  /// @param calm rows below the limit since the last one that was not, while an alert is open
  /// @param seenMicros event time of the newest row looked at
  record Asset(@Nullable AlertState latest, int calm, long seenMicros) {
    static final Asset NEW = new Asset(null, 0, Long.MIN_VALUE);

    Asset with(@Nullable AlertState alert) {
      return new Asset(alert, calm, seenMicros);
    }
  }

  /// What a row changes.
  enum Change {
    NONE,
    RAISE,
    RESOLVE
  }

  /// Rows that were looked at already change nothing, so a redelivery neither raises again nor
  /// resolves too early.
  Change decide(Asset asset, long eventTimeMicros, double score, double limit) {
    AlertState latest = asset.latest();
    boolean isOpen = latest != null && latest.isOpen();
    if (eventTimeMicros <= asset.seenMicros()
        || (latest != null && eventTimeMicros <= lastMicros(latest))) {
      return Change.NONE;
    }
    if (score >= limit) {
      return isOpen ? Change.NONE : Change.RAISE;
    }
    return isOpen && score < limit * calmShare && asset.calm() + 1 >= calmRows
        ? Change.RESOLVE
        : Change.NONE;
  }

  /// The asset after the row.
  ///
  /// @param latest its newest alert after the row
  Asset next(
      Asset asset, @Nullable AlertState latest, long eventTimeMicros, double score, double limit) {
    if (eventTimeMicros <= asset.seenMicros()) {
      return asset;
    }
    int calm =
        latest != null && latest.isOpen() && score < limit * calmShare ? asset.calm() + 1 : 0;
    return new Asset(latest, calm, eventTimeMicros);
  }

  private static long lastMicros(AlertState alert) {
    Long resolved = alert.resolvedAtMicros();
    return resolved == null ? alert.raisedAtMicros() : resolved;
  }
}
