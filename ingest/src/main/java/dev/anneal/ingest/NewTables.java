package dev.anneal.ingest;

import java.sql.SQLException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.connect.data.Struct;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tables that appear while a capture runs: they join the publication, which needs no restart, and
/// their older rows are asked for until the engine says it has read them. The ledger knows which
/// tables are done, so a crash in between leaves none out.
final class NewTables {
  private static final Logger LOG = LoggerFactory.getLogger(NewTables.class);

  /// Asks the engine for the older rows of tables.
  interface OlderRows {
    void ask(Set<String> tables) throws SQLException;
  }

  private final CapturePlan plan;
  private final CaptureLedger ledger;
  private final Set<String> requested = new HashSet<>();
  private volatile boolean streaming;

  NewTables(CapturePlan plan, CaptureLedger ledger) {
    this.plan = plan;
    this.ledger = ledger;
  }

  /// What the engine says of its snapshots. It comes in the order of the rows, so a table is noted
  /// when its older rows are delivered.
  ///
  /// @throws CaptureException when a table could not be read
  void apply(Struct notification) {
    Map<String, String> data = notification.getMap("additional_data");
    switch (notification.getString("type")) {
      case "TABLE_SCAN_COMPLETED" -> scanned(data);
      case "COMPLETED", "SKIPPED" -> streaming = true;
      default -> {}
    }
  }

  private void scanned(Map<String, String> data) {
    String table = data.getOrDefault("scanned_collection", "");
    if (!data.getOrDefault("status", "SUCCEEDED").equals("SUCCEEDED")) {
      throw new CaptureException(
          CaptureException.Code.CAPTURE_FAILED,
          "the older rows of %s could not be read: %s".formatted(table, data));
    }
    String schema = plan.schema() + ".";
    ledger.tableCaptured(plan.engine(), table.substring(table.indexOf(schema) + schema.length()));
  }

  /// @param tables that there are and match
  void check(SourceDatabase database, Set<String> tables, OlderRows olderRows) throws SQLException {
    if (!streaming || tables.isEmpty()) {
      return;
    }
    database.publish(plan.slot(), plan.schema(), tables);
    var added = new TreeSet<>(tables);
    added.removeAll(ledger.capturedTables(plan.engine()));
    added.removeAll(requested);
    if (!added.isEmpty()) {
      LOG.info("{}: new tables {}: their older rows are read", plan.engine(), added);
      olderRows.ask(added);
      requested.addAll(added);
    }
  }
}
