package dev.anneal.ingest;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The publication of a capture. It is ours rather than Debezium's, so that a table that appears
/// later joins it without a restart, and so that it fits what the tables are: PostgreSQL refuses
/// the source's own updates and deletes of a published table that has no identity, or whose
/// identity has columns that are not published.
final class Publication {
  /// From which on stored generated columns can be published.
  private static final int GENERATED_SINCE = 18;

  private static final String NEEDS =
      """
      select name,
        bool_and(case relreplident
          when 'f' then not exists (select 1 from pg_attribute a
            where a.attrelid = oid and a.attgenerated = 'v' and not a.attisdropped)
          when 'd' then exists (select 1 from pg_index i
            where i.indrelid = oid and i.indisprimary and i.indimmediate)
          when 'i' then exists (select 1 from pg_index i where i.indrelid = oid and i.indisreplident)
          else false end),
        bool_or(exists (select 1 from pg_attribute a
          where a.attrelid = oid and a.attgenerated = 's' and not a.attisdropped))
      from (%s) as relation group by name
      """
          .formatted(SourceDatabase.LEAVES);

  /// `to_jsonb` because servers before 15 and 18 do not have some of the columns.
  private static final String STATE =
      """
      select pubowner = (select oid from pg_roles where rolname = current_user) and not puballtables, pubinsert,
        pubupdate and pubdelete and pubtruncate, pubupdate or pubdelete, pubviaroot,
        coalesce(to_jsonb(p) ->> 'pubgencols', 'n') = 's'
      from pg_publication p where pubname = ?
      """;

  private static final String LEFT_OUT =
      """
      select t.tablename, to_jsonb(t) ->> 'rowfilter', (
        select string_agg(a.attname, ', ' order by a.attnum) from pg_attribute a
        where a.attrelid = format('%I.%I', t.schemaname, t.tablename)::regclass and a.attnum > 0
          and not a.attisdropped and a.attgenerated = ''
          and not coalesce(jsonb_exists(to_jsonb(t) -> 'attnames', a.attname), true))
      from pg_publication_tables t where t.pubname = ? and t.schemaname = ?
      """;

  /// What the tables need.
  ///
  /// @param unidentified tables whose updates PostgreSQL would refuse if they were published
  private record Needs(Set<String> unidentified, boolean generated) {
    boolean changes() {
      return unidentified.isEmpty();
    }
  }

  /// What there is.
  ///
  /// @param owned made by this user for some tables, and not by an administrator
  /// @param changes whether updates, deletes and truncations are published
  /// @param anyChange whether updates or deletes are
  /// @param tables by name
  /// @param leftOut rows and columns of them, for people
  private record State(
      boolean owned,
      boolean inserts,
      boolean changes,
      boolean anyChange,
      boolean viaRoot,
      boolean generated,
      Set<String> tables,
      List<String> leftOut) {}

  private final Connection connection;
  private final String name;
  private final String schema;

  Publication(Connection connection, String name, String schema) {
    this.connection = connection;
    this.name = name;
    this.schema = schema;
  }

  /// What there is for these tables now. It is read once, for all questions of a look at them.
  Look look(Set<String> tables) throws SQLException {
    return new Look(tables, state(tables));
  }

  /// What there was when it was read.
  final class Look {
    private final Set<String> tables;
    private final @Nullable State state;

    private Look(Set<String> tables, @Nullable State state) {
      this.tables = tables;
      this.state = state;
    }

    boolean exists() {
      return state != null;
    }

    /// One that somebody else made or changed may leave out rows or columns, which a first read
    /// would have and the log would not.
    ///
    /// @return what is left out of the tables and how to have it, for people; empty: nothing
    String leftOut() {
      return state == null || state.leftOut.isEmpty()
          ? ""
          : "publication %s leaves out %s; to have all of it run: %s;"
              .formatted(name, String.join("; ", state.leftOut), setTables(tables));
    }

    /// Those of the tables whose new rows it does not have, or not under the table's name.
    Set<String> unpublished() {
      var unpublished = new TreeSet<>(tables);
      if (state != null && state.inserts && (state.viaRoot || !state.owned)) {
        unpublished.removeAll(state.tables);
      }
      return unpublished;
    }

    /// Statements that put it in order, by an owner of it and the tables.
    List<String> statements() throws SQLException {
      return Publication.this.statements(tables, state, needs(tables));
    }

    /// Makes it have exactly these tables, and publish of them what does not make the source's own
    /// writes fail.
    ///
    /// @return what was changed of one that was there, for people; empty: nothing
    String publish() throws SQLException {
      var needs = needs(tables);
      var statements = Publication.this.statements(tables, state, needs);
      try (var statement = connection.createStatement()) {
        for (String sql : statements) {
          statement.execute(sql);
        }
      }
      return statements.isEmpty() || state == null ? "" : change(tables, state, needs);
    }
  }

  private String change(Set<String> tables, State before, Needs needs) {
    if (before.anyChange && !needs.changes()) {
      return "publication %s has only inserts now, else updates of %s would fail in the source: no primary key and no replica identity of published columns; corrections do not arrive"
          .formatted(name, needs.unidentified);
    }
    if (!before.changes && needs.changes()) {
      return "publication %s has updates and deletes again; corrections that were made before did not arrive"
          .formatted(name);
    }
    return before.tables.equals(tables) ? "options of publication %s changed".formatted(name) : "";
  }

  private List<String> statements(Set<String> tables, @Nullable State state, Needs needs) {
    String options =
        "(publish = '%s', publish_via_partition_root = true%s)"
            .formatted(
                needs.changes() ? "insert, update, delete, truncate" : "insert",
                needs.generated ? ", publish_generated_columns = stored" : "");
    String quoted = SourceDatabase.quoted(name);
    if (state == null) {
      return List.of(
          "create publication %s for table %s with %s".formatted(quoted, list(tables), options));
    }
    if (suffices(state, needs, tables)) {
      return List.of();
    }
    String setOptions = "alter publication %s set %s".formatted(quoted, options);
    // a table without identity must not be published with updates for a moment
    return needs.changes()
        ? List.of(setTables(tables), setOptions)
        : List.of(setOptions, setTables(tables));
  }

  private String setTables(Set<String> tables) {
    return "alter publication %s set table %s".formatted(SourceDatabase.quoted(name), list(tables));
  }

  private String list(Set<String> tables) {
    return tables.stream()
        .map(t -> SourceDatabase.quoted(schema) + "." + SourceDatabase.quoted(t))
        .collect(Collectors.joining(", "));
  }

  /// One of another role may have more tables, whose rows are left out here, and its options are
  /// that role's.
  private static boolean suffices(State state, Needs needs, Set<String> tables) {
    return state.inserts
        && (state.owned
            ? state.tables.equals(tables)
                && state.viaRoot
                && (state.generated || !needs.generated)
                && (needs.changes() ? state.changes : !state.anyChange)
            : state.tables.containsAll(tables));
  }

  private Needs needs(Set<String> tables) throws SQLException {
    var unidentified = new TreeSet<String>();
    boolean generated = false;
    try (var statement = connection.prepareStatement(NEEDS)) {
      statement.setString(1, schema);
      statement.setArray(2, connection.createArrayOf("text", tables.toArray()));
      try (var row = statement.executeQuery()) {
        while (row.next()) {
          if (!row.getBoolean(2)) {
            unidentified.add(row.getString(1));
          }
          generated |= row.getBoolean(3);
        }
      }
    }
    int version = connection.getMetaData().getDatabaseMajorVersion();
    return new Needs(unidentified, generated && version >= GENERATED_SINCE);
  }

  private @Nullable State state(Set<String> wanted) throws SQLException {
    try (var statement = connection.prepareStatement(STATE)) {
      statement.setString(1, name);
      try (var row = statement.executeQuery()) {
        if (!row.next()) {
          return null;
        }
        var tables = new TreeSet<String>();
        var leftOut = leftOut(wanted, tables);
        return new State(
            row.getBoolean(1),
            row.getBoolean(2),
            row.getBoolean(3),
            row.getBoolean(4),
            row.getBoolean(5),
            row.getBoolean(6),
            tables,
            leftOut);
      }
    }
  }

  /// @param tables gets those of the publication
  private List<String> leftOut(Set<String> wanted, Set<String> tables) throws SQLException {
    var leftOut = new ArrayList<String>();
    try (var statement = connection.prepareStatement(LEFT_OUT)) {
      statement.setString(1, name);
      statement.setString(2, schema);
      try (var row = statement.executeQuery()) {
        while (row.next()) {
          String table = row.getString(1);
          tables.add(table);
          boolean isWanted = wanted.contains(table);
          if (isWanted && row.getString(2) != null) {
            leftOut.add("rows of %s that are not %s".formatted(table, row.getString(2)));
          }
          if (isWanted && row.getString(3) != null) {
            leftOut.add("columns of %s: %s".formatted(table, row.getString(3)));
          }
        }
      }
    }
    return leftOut;
  }

  /// Whether it was made by this user, and not by an administrator. One that does not exist is.
  boolean isOwned() throws SQLException {
    State state = state(Set.of());
    return state == null || state.owned;
  }

  void drop() throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("drop publication if exists " + SourceDatabase.quoted(name));
    }
  }
}
