package dev.anneal.deployer;

import org.jspecify.annotations.Nullable;

/// The newest alert of one kind about one thing.
///
/// @param resolvedAtMicros null: it is open
record AlertState(String alertId, long raisedAtMicros, @Nullable Long resolvedAtMicros) {
  boolean isOpen() {
    return resolvedAtMicros == null;
  }

  /// The later of two states, in whatever order they come: what is resolved is not opened again by
  /// an older record.
  AlertState merge(AlertState other) {
    if (raisedAtMicros != other.raisedAtMicros) {
      return raisedAtMicros > other.raisedAtMicros ? this : other;
    }
    return isOpen() ? other : this;
  }
}
