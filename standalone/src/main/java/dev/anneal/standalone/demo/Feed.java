package dev.anneal.standalone.demo;

import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Rows that enter one SCADA database in the order of event time.
interface Feed extends AutoCloseable {
  String organization();

  /// What a user applies for this organization.
  String definition();

  /// Event time up to which everything is written.
  Instant time();

  /// Event time of the newest row; [#time], where none was written.
  Instant newestRow();

  /// Writes everything up to about this event time and commits it.
  void writeUntil(Instant time) throws SQLException;

  /// Event time of the end of the history, which is written at once.
  Instant historyEnd();

  /// When the process changes, if not before `earliest`.
  Instant changeAfter(Instant earliest);

  /// What changes, in words.
  String change();

  /// From about now on the process is another one.
  void changeProcess() throws SQLException;

  /// When the process changed; null: not yet.
  @Nullable Instant changed();

  /// Nothing is left to write.
  boolean exhausted();

  @Override
  void close() throws SQLException;
}
