package dev.anneal.ingest;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// The publication and the replication slot of a capture in its source database. The publication is
/// ours rather than Debezium's, so that a table that appears later joins it without a restart.
final class SourceDatabase implements AutoCloseable {
  /// What PostgreSQL says of our slot.
  sealed interface Slot {
    record None() implements Slot {}

    /// @param confirmed position before which the source sends nothing again
    record Usable(long confirmed) implements Slot {}

    /// PostgreSQL has removed write-ahead log the slot still needed (`max_slot_wal_keep_size`).
    record Lost() implements Slot {}
  }

  /// Slots belong to the whole server; one of the same name in another database is not ours to
  /// touch.
  private static final String OUR_SLOT =
      "pg_replication_slots where slot_name = ? and database = current_database()";

  /// First of the two keys of the advisory lock: "anne" in ASCII.
  private static final int LEASE = 0x616e6e65;

  private final Connection connection;

  private SourceDatabase(Connection connection) {
    this.connection = connection;
  }

  static SourceDatabase open(PostgresAddress address) throws SQLException {
    return new SourceDatabase(address.connect());
  }

  /// Tables of the schema that match. Of a partitioned table only the root, unless only the
  /// partition's name matches.
  Set<String> tables(String schema, TableNames names) throws SQLException {
    var sql =
        """
        select c.relname, r.relname
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        left join pg_class r on c.relispartition and r.oid = pg_partition_root(c.oid)
        where n.nspname = ? and c.relkind in ('r', 'p') and c.relpersistence = 'p'
        """;
    var found = new TreeSet<String>();
    try (var statement = connection.prepareStatement(sql)) {
      statement.setString(1, schema);
      try (var row = statement.executeQuery()) {
        while (row.next()) {
          String root = row.getString(2);
          boolean byRoot = root != null && names.match(root);
          if (!byRoot && names.match(row.getString(1))) {
            found.add(row.getString(1));
          }
        }
      }
    }
    return found;
  }

  /// Those of the tables that have a column of this name.
  Set<String> having(String schema, Set<String> tables, String column) throws SQLException {
    var sql =
        """
        select c.relname from pg_class c
        join pg_namespace n on n.oid = c.relnamespace and n.nspname = ?
        join pg_attribute a on a.attrelid = c.oid and a.attname = ? and a.attnum > 0 and not a.attisdropped
        """;
    var found = new TreeSet<>(strings(sql, schema, column));
    found.retainAll(tables);
    return found;
  }

  /// Makes the publication have exactly these tables. Where one of them has no replica identity
  /// only inserts are published: PostgreSQL would refuse the source's own updates and deletes of
  /// that table otherwise.
  void publish(String publication, String schema, Set<String> tables) throws SQLException {
    execute(publishing(publication, schema, tables));
  }

  /// All that the user lacks to capture the tables, as the SQL that gives it.
  List<String> missingRights(String publication, String schema, Set<String> tables)
      throws SQLException {
    var publish = publishing(publication, schema, tables);
    return SourceRights.missing(connection, publication, schema, tables, publish);
  }

  private List<String> publishing(String publication, String schema, Set<String> tables)
      throws SQLException {
    String operations =
        haveIdentity(schema, tables) ? "insert, update, delete, truncate" : "insert";
    String options = "(publish = '%s', publish_via_partition_root = true)".formatted(operations);
    String list =
        tables.stream()
            .map(t -> quoted(schema) + "." + quoted(t))
            .collect(Collectors.joining(", "));
    var statements = new ArrayList<String>();
    if (!exists(publication)) {
      statements.add(
          "create publication %s for table %s with %s"
              .formatted(quoted(publication), list, options));
    } else if (!suffices(publication, tables)) {
      // options first: a table without identity must not be published with updates for a moment
      statements.add("alter publication %s set %s".formatted(quoted(publication), options));
      statements.add("alter publication %s set table %s".formatted(quoted(publication), list));
    }
    return statements;
  }

  /// A publication of another role may have more tables: rows of those are left out here.
  private boolean suffices(String publication, Set<String> tables) throws SQLException {
    var published = published(publication);
    return published.equals(tables)
        || (published.containsAll(tables) && !ownsPublication(publication));
  }

  /// Whether it was made by this user, and not by an administrator. One that does not exist is.
  boolean ownsPublication(String publication) throws SQLException {
    return strings(
            "select 1 from pg_publication where pubname = ? and pubowner <> (select oid from pg_roles where rolname = current_user)",
            publication)
        .isEmpty();
  }

  Set<String> published(String publication) throws SQLException {
    return new TreeSet<>(
        strings("select tablename from pg_publication_tables where pubname = ?", publication));
  }

  Slot slot(String name) throws SQLException {
    String sql =
        "select coalesce(wal_status, ''), coalesce(confirmed_flush_lsn, '0/0') - '0/0' from "
            + OUR_SLOT;
    try (var statement = connection.prepareStatement(sql)) {
      statement.setString(1, name);
      try (var row = statement.executeQuery()) {
        if (!row.next()) {
          return new Slot.None();
        }
        return row.getString(1).equals("lost") ? new Slot.Lost() : new Slot.Usable(row.getLong(2));
      }
    }
  }

  /// Takes the right to drive the slot, until this connection ends. PostgreSQL refuses a second
  /// reader of a slot only while it streams; this also covers snapshots.
  boolean lease(String slot) throws SQLException {
    String sql = "select pg_try_advisory_lock(%d, hashtext(?))::text".formatted(LEASE);
    return strings(sql, slot).getFirst().equals("true");
  }

  void dropSlot(String name) throws SQLException {
    strings("select pg_drop_replication_slot(slot_name)::text from " + OUR_SLOT, name);
  }

  void dropPublication(String name) throws SQLException {
    execute(List.of("drop publication if exists " + quoted(name)));
  }

  private boolean exists(String publication) throws SQLException {
    return !strings("select pubname from pg_publication where pubname = ?", publication).isEmpty();
  }

  private boolean haveIdentity(String schema, Set<String> tables) throws SQLException {
    var without =
        strings(
            """
            select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = ? and (c.relreplident = 'n' or c.relreplident = 'd'
              and not exists (select 1 from pg_index i where i.indrelid = c.oid and i.indisprimary))
            """,
            schema);
    return without.stream().noneMatch(tables::contains);
  }

  private List<String> strings(String sql, String... parameters) throws SQLException {
    var answers = new ArrayList<String>();
    try (var statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setString(i + 1, parameters[i]);
      }
      try (var row = statement.executeQuery()) {
        while (row.next()) {
          answers.add(row.getString(1));
        }
      }
    }
    return answers;
  }

  private void execute(List<String> statements) throws SQLException {
    try (var statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
