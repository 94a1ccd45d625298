package dev.anneal.ingest;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// The tables, the [Publication] and the replication slot of a capture in its source database.
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

  /// For a lock that the source's own work holds.
  private static final int LOCK_MILLIS = 5_000;

  /// From which on a reader of a slot goes on where its publication is missing.
  private static final int MISSING_PASSED_SINCE = 18;

  /// First of the two keys of the advisory lock: "anne" in ASCII.
  private static final int LEASE = 0x616e6e65;

  /// Tables that hold the rows of others: the same, or the partitions. Parameters are the schema
  /// and an array of names. `pg_partition_tree` would lock them all.
  static final String LEAVES =
      """
      select r.relname as name, r.oid as root, c.oid, c.relreplident
      from pg_class r
      join pg_namespace n on n.oid = r.relnamespace and n.nspname = ?
      cross join lateral (
        with recursive part (oid) as (
          select r.oid union all
          select i.inhrelid from part
          join pg_inherits i on i.inhparent = part.oid
          join pg_class p on p.oid = i.inhrelid and p.relispartition)
        select oid from part) as leaf
      join pg_class c on c.oid = leaf.oid and c.relkind = 'r'
      where r.relname = any (?)
      """;

  private final Connection connection;

  private SourceDatabase(Connection connection) {
    this.connection = connection;
  }

  static SourceDatabase open(PostgresAddress address) throws SQLException {
    Connection connection = address.connect();
    try (var statement = connection.createStatement()) {
      statement.execute("set lock_timeout = " + LOCK_MILLIS);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
    return new SourceDatabase(connection);
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

  /// Those of the tables that have a column of this name, of a type by which rows can be ordered:
  /// of dates, numbers or text, or a domain over one.
  Set<String> ordered(String schema, Set<String> tables, String column) throws SQLException {
    var sql =
        """
        select c.relname from pg_class c
        join pg_namespace n on n.oid = c.relnamespace and n.nspname = ?
        join pg_attribute a on a.attrelid = c.oid and a.attname = ? and a.attnum > 0 and not a.attisdropped
        join pg_type t on t.oid = a.atttypid and t.typcategory in ('D', 'N', 'S')
        """;
    var found = new TreeSet<>(strings(sql, schema, column));
    found.retainAll(tables);
    return found;
  }

  /// The columns of the tables, by table.
  Map<String, Set<String>> columns(String schema, Set<String> tables) throws SQLException {
    var sql =
        """
        select c.relname, a.attname from pg_class c
        join pg_namespace n on n.oid = c.relnamespace and n.nspname = ?
        join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where c.relname = any (?)
        """;
    var columns = new TreeMap<String, Set<String>>();
    try (var statement = connection.prepareStatement(sql)) {
      statement.setString(1, schema);
      statement.setArray(2, connection.createArrayOf("text", tables.toArray()));
      try (var row = statement.executeQuery()) {
        while (row.next()) {
          columns.computeIfAbsent(row.getString(1), _ -> new TreeSet<>()).add(row.getString(2));
        }
      }
    }
    return columns;
  }

  /// What each of the tables is: its OID and those of the partitions that hold its rows.
  Map<String, Set<Long>> relations(String schema, Set<String> tables) throws SQLException {
    var sql =
        """
        with leaf as (%s)
        select name, oid::bigint from leaf
        union select r.relname, r.oid::bigint from pg_class r
        join pg_namespace n on n.oid = r.relnamespace and n.nspname = ? where r.relname = any (?)
        """
            .formatted(LEAVES);
    var relations = new TreeMap<String, Set<Long>>();
    try (var statement = connection.prepareStatement(sql)) {
      var names = connection.createArrayOf("text", tables.toArray());
      statement.setString(1, schema);
      statement.setArray(2, names);
      statement.setString(3, schema);
      statement.setArray(4, names);
      try (var row = statement.executeQuery()) {
        while (row.next()) {
          relations.computeIfAbsent(row.getString(1), _ -> new TreeSet<>()).add(row.getLong(2));
        }
      }
    }
    return relations;
  }

  /// A statement that reads the rows of some partitions of a table, with the table's columns; empty
  /// where this user may read them through the table only, or one is gone.
  String select(String schema, String table, Set<Long> partitions) throws SQLException {
    var sql =
        """
        select format('select %s from %I.%I', (
            select string_agg(quote_ident(a.attname), ', ' order by a.attnum) from pg_attribute a
            join pg_class r on r.oid = a.attrelid and r.relname = ?
            join pg_namespace n on n.oid = r.relnamespace and n.nspname = ?
            where a.attnum > 0 and not a.attisdropped), pn.nspname, p.relname)
        from pg_class p join pg_namespace pn on pn.oid = p.relnamespace
        where p.oid::bigint = any (?) and has_table_privilege(p.oid, 'select')
        """;
    try (var statement = connection.prepareStatement(sql)) {
      statement.setString(1, table);
      statement.setString(2, schema);
      statement.setArray(3, connection.createArrayOf("bigint", partitions.toArray()));
      var selects = new ArrayList<String>();
      try (var row = statement.executeQuery()) {
        while (row.next()) {
          selects.add(row.getString(1));
        }
      }
      return selects.size() < partitions.size() ? "" : String.join(" union all ", selects);
    }
  }

  Publication publication(String name, String schema) {
    return new Publication(connection, name, schema);
  }

  /// All that the user lacks to capture the tables, as the SQL that gives it.
  List<String> missingRights(String publication, String schema, Set<String> tables)
      throws SQLException {
    var publish = publication(publication, schema).look(tables).statements();
    return SourceRights.missing(connection, publication, schema, tables, publish);
  }

  /// Tables that inherit from one of these and are not among them, `child of parent`: a read of the
  /// parent has their rows, the log has them under the child's name.
  List<String> uncapturedChildren(String schema, Set<String> tables) throws SQLException {
    var sql =
        """
        select c.relname, p.relname from pg_inherits i
        join pg_class c on c.oid = i.inhrelid and not c.relispartition
        join pg_namespace cn on cn.oid = c.relnamespace
        join pg_class p on p.oid = i.inhparent
        join pg_namespace n on n.oid = p.relnamespace and n.nspname = ?
        where p.relname = any (?) and not (cn.nspname = n.nspname and c.relname = any (?))
        order by p.relname, c.relname
        """;
    var found = new ArrayList<String>();
    try (var statement = connection.prepareStatement(sql)) {
      var names = connection.createArrayOf("text", tables.toArray());
      statement.setString(1, schema);
      statement.setArray(2, names);
      statement.setArray(3, names);
      try (var row = statement.executeQuery()) {
        while (row.next()) {
          found.add("%s of %s".formatted(row.getString(1), row.getString(2)));
        }
      }
    }
    return found;
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

  /// Whether a reader of a slot goes on where its publication was dropped for a while. Before 18 it
  /// fails at that place in the log for ever.
  boolean passesOverMissingPublications() throws SQLException {
    return connection.getMetaData().getDatabaseMajorVersion() >= MISSING_PASSED_SINCE;
  }

  void dropSlot(String name) throws SQLException {
    strings("select pg_drop_replication_slot(slot_name)::text from " + OUR_SLOT, name);
  }

  /// Which transactions have written nothing, or have ended.
  ///
  /// @param oldest before which all have ended
  /// @param next from which on none has written
  record Transactions(long oldest, long next) {}

  Transactions transactions() throws SQLException {
    String sql =
        "select pg_snapshot_xmin(s)::text::bigint, pg_snapshot_xmax(s)::text::bigint from pg_current_snapshot() s";
    try (var statement = connection.createStatement();
        var row = statement.executeQuery(sql)) {
      row.next();
      return new Transactions(row.getLong(1), row.getLong(2));
    }
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

  static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
