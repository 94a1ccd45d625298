package dev.anneal.ingest;

import dev.anneal.ingest.SourceDatabase.Transactions;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.kafka.connect.data.Struct;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Rows that the log does not contain: of tables that appear while a capture runs, of a table that
/// takes the place of another, of partitions that join with rows in them. They are asked for until
/// the engine says it has read them. A table is known by its OID, not by its name. The ledger knows
/// which are done, so a crash in between leaves none out.
final class NewTables {
  private static final Logger LOG = LoggerFactory.getLogger(NewTables.class);

  private final CapturePlan plan;
  private final CaptureLedger ledger;

  /// What the tables are whose older rows are being read.
  private final Map<String, Set<Long>> reading = new ConcurrentHashMap<>();

  /// By OID of what joins, the transaction before which all have to end.
  private final Map<Long, Long> settled = new HashMap<>();

  private volatile boolean streaming;

  NewTables(CapturePlan plan, CaptureLedger ledger) {
    this.plan = plan;
    this.ledger = ledger;
  }

  /// The engine starts, perhaps with a snapshot.
  ///
  /// @param relations what the tables are
  void begin(Map<String, Set<Long>> relations) {
    reading.putAll(relations);
  }

  /// What the engine says of its snapshots. It comes in the order of the rows, so a table is noted
  /// when its older rows are delivered.
  ///
  /// @throws CaptureException when a table could not be read
  void apply(Struct notification) {
    Map<String, String> data = notification.getMap("additional_data");
    switch (notification.getString("type")) {
      case "TABLE_SCAN_COMPLETED" -> scanned(data);
      case "COMPLETED", "SKIPPED" -> {
        reading.clear(); // what was not scanned is asked for again
        streaming = true;
      }
      case "ABORTED" -> reading.clear(); // they are asked for again
      default -> {}
    }
  }

  private void scanned(Map<String, String> data) {
    String scanned = data.getOrDefault("scanned_collection", "");
    if (!data.getOrDefault("status", "SUCCEEDED").equals("SUCCEEDED")) {
      throw new CaptureException(
          CaptureException.Code.CAPTURE_FAILED,
          "the older rows of %s could not be read: %s".formatted(scanned, data));
    }
    String schema = plan.schema() + ".";
    String table = scanned.substring(scanned.indexOf(schema) + schema.length());
    var relations = reading.get(table);
    if (relations != null) { // else a partition, which is read with its table
      ledger.captured(plan.engine(), table, relations);
      reading.remove(table);
    }
  }

  /// Whether the older rows of the tables that were there at the start have been read.
  boolean isStreaming() {
    return streaming;
  }

  /// What has to be read.
  ///
  /// @param relations what the tables are
  /// @param captured what they were when their older rows were delivered
  /// @param parts by table, the partitions to read; none: all of it
  /// @param replaced tables that have taken the place of others
  /// @param waiting tables that are looked at again later
  record Joined(
      Map<String, Set<Long>> relations,
      Map<String, Set<Long>> captured,
      Map<String, Set<Long>> parts,
      Set<String> replaced,
      Set<String> waiting) {}

  /// Looks for rows that are not read and not being read. A transaction that wrote to a table
  /// before it was published is not in the log; what it wrote is read once it has ended.
  ///
  /// @param relations what the tables are that there are and match, published
  /// @param transactions of the source, seen later than that
  Joined joined(Map<String, Set<Long>> relations, Transactions transactions) {
    var underWay = Set.copyOf(reading.keySet()); // first: a table that is read meanwhile is in both
    var captured = ledger.captured(plan.engine());
    var parts = new TreeMap<String, Set<Long>>();
    var replaced = new TreeSet<String>();
    var waiting = new TreeSet<String>();
    relations.forEach(
        (name, now) -> {
          Set<Long> known = captured.getOrDefault(name, Set.of());
          var added = without(now, known);
          if (underWay.contains(name) || added.isEmpty()) {
            return;
          }
          if (captured.containsKey(name) && known.isEmpty()) {
            ledger.captured(plan.engine(), name, now); // an earlier release read it
            return;
          }
          if (!isSettled(added, transactions)) {
            LOG.info(
                "{}: the older rows of {} are read when the transactions under way have ended",
                plan.engine(),
                name);
            waiting.add(name);
            return;
          }
          boolean isPart = added.size() < now.size();
          if (!isPart && captured.containsKey(name)) {
            replaced.add(name);
          }
          parts.put(name, isPart ? added : Set.of());
        });
    settled.keySet().retainAll(without(union(relations), union(captured)));
    return new Joined(relations, captured, parts, replaced, waiting);
  }

  /// Whether all transactions have ended that may have written before these joined.
  private boolean isSettled(Set<Long> added, Transactions transactions) {
    added.forEach(relation -> settled.putIfAbsent(relation, transactions.next()));
    return added.stream().allMatch(r -> settled.getOrDefault(r, 0L) <= transactions.oldest());
  }

  /// The rows are about to be asked for.
  void asked(Joined joined) {
    joined.captured.forEach(
        (table, known) -> {
          if (!joined.waiting.contains(table)) {
            forget(table, known, joined.relations);
          }
        });
    joined.parts.keySet().forEach(table -> reading.put(table, joined.relations.get(table)));
    if (!joined.parts.isEmpty()) {
      LOG.info("{}: the older rows of {} are read", plan.engine(), joined.parts.keySet());
    }
  }

  /// What left a table is no part of it when it comes back: it may have got rows meanwhile.
  private void forget(String table, Set<Long> known, Map<String, Set<Long>> relations) {
    var gone = without(known, relations.getOrDefault(table, Set.of()));
    if (!gone.isEmpty() || !relations.containsKey(table)) {
      ledger.gone(plan.engine(), table, gone, gone.size() == known.size());
    }
  }

  /// The rows of these have gaps, also where they are being read: they are read again.
  void missed(Set<String> tables) {
    reading.keySet().removeAll(tables);
  }

  private static Set<Long> union(Map<String, Set<Long>> relations) {
    return relations.values().stream().flatMap(Set::stream).collect(Collectors.toSet());
  }

  private static Set<Long> without(Set<Long> all, Set<Long> some) {
    var left = new HashSet<>(all);
    left.removeAll(some);
    return left;
  }
}
