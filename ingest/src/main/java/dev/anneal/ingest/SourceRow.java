package dev.anneal.ingest;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One change of one row at the source.
///
/// @param lsn position of the change in the source's log
/// @param committedMicros when the source committed it, microseconds since 1970; of a snapshot:
///     when it was read
/// @param values in the order of the table's columns: [Number] ([java.math.BigDecimal] of
/// `numeric`), [String], [Boolean], [java.nio.ByteBuffer], [java.time.Instant] for every type of
///     date with or without time (without a zone: UTC), or something else that no mapping uses
record SourceRow(
    Table table,
    Operation operation,
    long lsn,
    long committedMicros,
    List<@Nullable Object> values) {

  /// What happened to the row.
  enum Operation {
    READ,
    CREATE,
    UPDATE,
    DELETE,
    TRUNCATE
  }

  /// A table as it was when the row changed.
  record Table(String schema, String name, List<String> columns, Set<String> primaryKey) {
    Table {
      columns = List.copyOf(columns);
      primaryKey = Set.copyOf(primaryKey);
    }

    String qualifiedName() {
      return schema + "." + name;
    }
  }
}
