package dev.anneal.ingest;

import java.util.List;
import java.util.stream.Collectors;

/// What a definition names and its source does not have, for people.
///
/// @param tables names or expressions, with the name that may have been meant
/// @param columns with their tables
record Lacking(List<String> tables, List<String> columns) {
  private static final int MOST_NAMED = 10;

  static final Lacking NOTHING = new Lacking(List.of(), List.of());

  Lacking {
    tables = List.copyOf(tables);
    columns = List.copyOf(columns);
  }

  /// The first names, and how many more there are.
  static String shortened(List<String> names) {
    String first = names.stream().limit(MOST_NAMED).collect(Collectors.joining(", "));
    return names.size() > MOST_NAMED
        ? first + " and %d more".formatted(names.size() - MOST_NAMED)
        : first;
  }

  String tablesReason() {
    return "the source has no table %s; the others are captured, and it will be once it is there"
        .formatted(shortened(tables));
  }

  String columnsReason() {
    return "the source has no column %s; its values are missing until it is there, or the definition names another"
        .formatted(shortened(columns));
  }
}
