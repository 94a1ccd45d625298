package dev.anneal.features;

/// What became of a row that was handed to [AssetFeatures]. [#ACCEPTED] and [#PLACED] change the
/// features of rows to come, and the row has a vector of its own; the others change nothing.
///
/// A source's log position (LSN) alone tells nothing of rows of a snapshot: all have one. So a row
/// that is not newer in event time is compared with the rows that are held; only where none is old
/// enough does the position decide.
public enum Acceptance {
  /// The newest row now.
  ACCEPTED,

  /// Overtaken by newer rows, within the grace: put at its place in event time. Vectors of newer
  /// rows that are out already stay as they are: they say what was known when they were made.
  PLACED,

  /// Seen before: the row of its time says the same or is newer at the source, or both its time and
  /// its position are older than all that is held.
  DUPLICATE,

  /// Another content for the time of a row that is held, not older at the source. The row held
  /// stays, as vectors were made of it; who corrects history trains on the corrected source.
  CORRECTION,

  /// Not seen as far as the rows held can tell, but older than the newest by more than the grace.
  LATE;

  /// Whether the row is among those held now, and has a vector.
  public boolean isAdded() {
    return this == ACCEPTED || this == PLACED;
  }

  /// What becomes of a row of the time of one that is held.
  ///
  /// @param isSame whether the two have the same content
  public static Acceptance atTimeOfHeld(boolean isSame, long lsn, long heldLsn) {
    return isSame || lsn < heldLsn ? DUPLICATE : CORRECTION;
  }

  /// What becomes of a row that is older than the newest by more than the grace, where none of its
  /// time is held.
  ///
  /// @param isBeforeHeld whether it is older than all rows that are held
  /// @param newestLsn position of the row that is newest in event time
  public static Acceptance older(boolean isBeforeHeld, long lsn, long newestLsn) {
    return isBeforeHeld && lsn < newestLsn ? DUPLICATE : LATE;
  }
}
