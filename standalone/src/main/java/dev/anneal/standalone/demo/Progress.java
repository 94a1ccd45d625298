package dev.anneal.standalone.demo;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// How far a feed got.
///
/// @param started event time of its first row
/// @param written event time up to which all rows are in the database
/// @param changed event time of the process change, if it has been decided
record Progress(Instant started, Instant written, @Nullable Instant changed) {
  Progress writtenTo(Instant time) {
    return new Progress(started, time, changed);
  }

  Progress changedAt(Instant time) {
    return new Progress(started, written, time);
  }
}
