package dev.anneal.ingest;

import java.sql.SQLException;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/// The tables of a capture in its source: whether they can be captured as they are, and what has to
/// be put in order before they are.
final class SourceTables {
  private final SourceDatabase database;
  private final CapturePlan plan;
  private final CaptureLedger ledger;
  private final Capture.RowHandler handler;

  SourceTables(
      SourceDatabase database, CapturePlan plan, CaptureLedger ledger, Capture.RowHandler handler) {
    this.database = database;
    this.plan = plan;
    this.ledger = ledger;
    this.handler = handler;
  }

  /// Names of those that there are and match.
  Set<String> names() throws SQLException {
    return database.tables(plan.schema(), plan.tables());
  }

  /// What there should be besides.
  Lacking lacking(Set<String> tables) throws SQLException {
    return handler.lacking(
        database.columns(plan.schema(), tables), database.tables(plan.schema(), TableNames.ANY));
  }

  /// @throws CaptureException when there is no table, or the user may not capture them
  void require(Set<String> tables, Lacking lacking) throws SQLException {
    if (tables.isEmpty()) {
      throw new CaptureException(
          CaptureException.Code.SOURCE_TABLES_MISSING,
          "no table of schema %s of %s matches %s"
              .formatted(
                  plan.schema(),
                  plan.address(),
                  lacking.tables().isEmpty()
                      ? "`%s`".formatted(plan.tables())
                      : Lacking.shortened(lacking.tables())));
    }
    List<String> missing = database.missingRights(plan.slot(), plan.schema(), tables);
    if (!missing.isEmpty()) {
      String rights =
          "%s cannot be captured with the rights of its user; an administrator of the database runs: %s"
              .formatted(plan.address(), String.join(" ", missing));
      throw lacking.tables().isEmpty()
          ? new CaptureException(CaptureException.Code.SOURCE_PERMISSION, rights)
          : new CaptureException(
              CaptureException.Code.SOURCE_TABLES_MISSING,
              "the source has no table %s; correct the definition first, for %s"
                  .formatted(Lacking.shortened(lacking.tables()), rights));
    }
  }

  /// @param gaps gets tables whose new rows were not published, before they are
  /// @return what the tables are, which are published as a whole now
  /// @throws CaptureException when they cannot be
  Map<String, Set<Long>> putInOrder(Set<String> tables, Consumer<Set<String>> gaps)
      throws SQLException {
    var publication = database.publication(plan.slot(), plan.schema()).look(tables);
    checkWhole(tables, publication);
    var relations = database.relations(plan.schema(), tables);
    publish(publication, relations, gaps);
    return relations;
  }

  /// The log has all rows that a read of the tables has.
  private void checkWhole(Set<String> tables, Publication.Look publication) throws SQLException {
    List<String> children = database.uncapturedChildren(plan.schema(), tables);
    if (!children.isEmpty()) {
      throw new CaptureException(
          CaptureException.Code.SOURCE_TABLES_INHERITED,
          "rows of %s, which inherit, would be read once and then missing; name these tables, or make the parent a partitioned table"
              .formatted(Lacking.shortened(children)));
    }
    String leftOut = publication.leftOut();
    if (!leftOut.isEmpty()) {
      ledger.forgetTables(plan.engine()); // they are read again once it is whole
      throw new CaptureException(CaptureException.Code.SOURCE_PUBLICATION, leftOut);
    }
  }

  private void publish(
      Publication.Look publication, Map<String, Set<Long>> relations, Consumer<Set<String>> gaps)
      throws SQLException {
    if (!publication.exists() && !database.passesOverMissingPublications()) {
      database.dropSlot(plan.slot()); // it cannot be read past that place in the log any more
    }
    var unpublished = publication.unpublished();
    gaps.accept(unpublished);
    // before they are published: what was not is forgotten also where the process ends in between
    List<String> missed = unpublished.isEmpty() ? List.of() : forget(unpublished, relations);
    String change = publication.publish();
    if (!change.isEmpty()) {
      handler.report("publication-changed", change);
    }
    if (!missed.isEmpty()) {
      handler.report(
          "table-unpublished",
          "the publication %s had not all rows of %s for a while; all their rows are read again"
              .formatted(plan.slot(), String.join(", ", missed)));
    }
  }

  /// @return those that had been read, and not another table of the name
  private List<String> forget(Set<String> tables, Map<String, Set<Long>> relations) {
    var captured = ledger.captured(plan.engine());
    var missed =
        tables.stream()
            .filter(
                t ->
                    !Collections.disjoint(
                        captured.getOrDefault(t, Set.of()), relations.getOrDefault(t, Set.of())))
            .toList();
    missed.forEach(t -> ledger.gone(plan.engine(), t, captured.getOrDefault(t, Set.of()), true));
    return missed;
  }

  /// Statements that read the tables in the order of event time, by qualified name.
  Map<String, String> orderedSelects(Set<String> tables) throws SQLException {
    String column = plan.timeColumn();
    return column == null
        ? Map.of()
        : plan.orderedSelects(database.ordered(plan.schema(), tables, column));
  }

  /// @param parts by table, the partitions to read; none: all of it
  Map<String, String> orderedSelects(Map<String, Set<Long>> parts) throws SQLException {
    var selects = new HashMap<>(orderedSelects(parts.keySet()));
    for (var part : parts.entrySet()) {
      String name = plan.schema() + "." + part.getKey();
      if (!part.getValue().isEmpty() && selects.containsKey(name)) {
        String rows = database.select(plan.schema(), part.getKey(), part.getValue());
        if (!rows.isEmpty()) {
          selects.put(name, plan.ordered(rows));
        }
      }
    }
    return selects;
  }
}
