package dev.anneal.ingest;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Deletes in a source, counted by table: a retention job deletes thousands of rows at once, which
/// is one piece of news. Safe for use by many threads.
final class DeletedRows {
  /// Without a delete, after which the count is reported.
  static final Duration PAUSE = Duration.ofSeconds(5);

  /// Deletes that do not pause are reported as often as this.
  static final Duration LONGEST = Duration.ofHours(1);

  /// What was deleted of a table.
  ///
  /// @param row the last one
  record Count(SourceRow row, long rows, Instant first, Instant last) {
    String reason() {
      return "%d rows of %s were deleted; what was delivered stays"
          .formatted(rows, row.table().qualifiedName());
    }

    private boolean isDue(Instant now) {
      return !now.isBefore(last.plus(PAUSE)) || !now.isBefore(first.plus(LONGEST));
    }
  }

  private final Map<String, Count> counts = new LinkedHashMap<>();

  synchronized void add(SourceRow row, Instant now) {
    counts.merge(
        row.table().qualifiedName(),
        new Count(row, 1, now, now),
        (before, one) -> new Count(row, before.rows + 1, before.first, now));
  }

  /// Takes the counts that are to be reported now.
  synchronized List<Count> due(Instant now) {
    var due = counts.values().stream().filter(count -> count.isDue(now)).toList();
    counts.values().removeAll(due);
    return due;
  }

  /// Takes all counts.
  synchronized List<Count> all() {
    var all = new ArrayList<>(counts.values());
    counts.clear();
    return all;
  }
}
