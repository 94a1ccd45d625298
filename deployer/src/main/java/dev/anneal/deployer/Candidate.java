package dev.anneal.deployer;

import dev.anneal.schemas.ModelKey;
import org.jspecify.annotations.Nullable;

/// A version that was trained and asks to serve.
///
/// @param origin the event that told of it
record Candidate(VersionRef version, Origin origin) {
  /// What an event that follows from another one says of it.
  ///
  /// @param causedBy id of the event or command
  record Origin(String causedBy, @Nullable String requestId, @Nullable String traceparent) {}

  ModelKey key() {
    return version.key();
  }
}
