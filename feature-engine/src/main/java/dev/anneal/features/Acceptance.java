package dev.anneal.features;

/// What became of a row that was handed to [AssetFeatures]. Only [#ACCEPTED] changes the features.
///
/// A source's log position (LSN) alone tells nothing of rows of a snapshot: all have one. So a row
/// that is not newer in event time is compared with the rows that are held; only where none is old
/// enough does the position decide.
public enum Acceptance {
  /// The newest row now.
  ACCEPTED,

  /// Seen before: the row of its time says the same or is newer at the source, or both its time and
  /// its position are older than all that is held.
  DUPLICATE,

  /// Another content for the time of a row that is held, not older at the source: features are not
  /// computed again.
  CORRECTION,

  /// Not seen as far as the rows held can tell, but not newer than the newest in event time.
  LATE;

  /// What becomes of a row of the time of one that is held.
  ///
  /// @param isSame whether the two have the same content
  public static Acceptance atTimeOfHeld(boolean isSame, long lsn, long heldLsn) {
    return isSame || lsn < heldLsn ? DUPLICATE : CORRECTION;
  }

  /// What becomes of a row that is older than the newest, where none of its time is held.
  ///
  /// @param isBeforeHeld whether it is older than all rows that are held
  /// @param newestLsn position of the row that is newest in event time
  public static Acceptance older(boolean isBeforeHeld, long lsn, long newestLsn) {
    return isBeforeHeld && lsn < newestLsn ? DUPLICATE : LATE;
  }
}
