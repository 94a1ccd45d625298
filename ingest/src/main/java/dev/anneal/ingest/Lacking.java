package dev.anneal.ingest;

import java.util.List;

/// What a definition names and its source does not have, for people.
///
/// @param tables names or expressions, with the name that may have been meant
/// @param columns with their tables
record Lacking(List<String> tables, List<String> columns) {
  static final Lacking NOTHING = new Lacking(List.of(), List.of());

  Lacking {
    tables = List.copyOf(tables);
    columns = List.copyOf(columns);
  }

  String tablesReason() {
    return "the source has no table %s; the others are captured, and it will be once it is there"
        .formatted(String.join(", ", tables));
  }

  String columnsReason() {
    return "the source has no column %s; its values are missing until it is there, or the definition names another"
        .formatted(String.join(", ", columns));
  }
}
