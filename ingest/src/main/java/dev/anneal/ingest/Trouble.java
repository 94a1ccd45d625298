package dev.anneal.ingest;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// An organization's capture does not run, or lacks a table: what a person is told, once when it is
/// raised and once when it is resolved.
///
/// @param id of the alert
/// @param resolvedAt null: it is open
record Trouble(
    String id,
    String organization,
    CaptureException.Code code,
    String reason,
    Instant raisedAt,
    @Nullable Instant resolvedAt) {
  boolean isOpen() {
    return resolvedAt == null;
  }

  Trouble resolved(Instant now) {
    return new Trouble(id, organization, code, reason, raisedAt, now);
  }
}
