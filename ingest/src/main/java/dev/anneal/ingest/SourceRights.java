package dev.anneal.ingest;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// What a user needs for a capture: logical decoding, replication, reading the tables, and owning
/// them unless their publication is there already.
final class SourceRights {
  private static final String MISSING =
      """
      select 'alter system set wal_level = logical; /* then restart PostgreSQL */'
        where current_setting('wal_level') <> 'logical'
      union all
      select format('alter role %I replication;', current_user)
        where not exists (select 1 from pg_roles r where r.rolname = current_user
            and (r.rolsuper or r.rolreplication))
          and not exists (select 1 from pg_roles r where r.rolname = 'rds_replication' -- Amazon's
            and pg_has_role(r.oid, 'member'))
      union all
      select format('grant usage on schema %I to %I;', n.nspname, current_user)
        from pg_namespace n where n.nspname = ? and not has_schema_privilege(n.oid, 'usage')
      union all
      (select format('grant select on %I.%I to %I;', n.nspname, c.relname, current_user)
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = ? and c.relname = any (?) and not has_table_privilege(c.oid, 'select')
        order by c.relname)
      """;
  private static final String MAY_PUBLISH =
      """
      select has_database_privilege(current_database(), 'create')
        and not exists (select 1 from pg_publication p
          where p.pubname = ? and not pg_has_role(p.pubowner, 'usage'))
        and not exists (select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace
          where n.nspname = ? and c.relname = any (?) and not pg_has_role(c.relowner, 'usage'))
      """;

  private SourceRights() {}

  /// @param publish statements that are needed to publish the tables, by an owner of them
  /// @return SQL with which an administrator gives what is missing
  static List<String> missing(
      Connection connection,
      String publication,
      String schema,
      Set<String> tables,
      List<String> publish)
      throws SQLException {
    var missing = new ArrayList<String>();
    var names = connection.createArrayOf("text", tables.toArray());
    try (var statement = connection.prepareStatement(MISSING)) {
      statement.setString(1, schema);
      statement.setString(2, schema);
      statement.setArray(3, names);
      try (var row = statement.executeQuery()) {
        while (row.next()) {
          missing.add(row.getString(1));
        }
      }
    }
    try (var statement = connection.prepareStatement(MAY_PUBLISH)) {
      statement.setString(1, publication);
      statement.setString(2, schema);
      statement.setArray(3, names);
      try (var row = statement.executeQuery()) {
        if (row.next() && !row.getBoolean(1)) {
          publish.forEach(sql -> missing.add(sql + ";"));
        }
      }
    }
    return missing;
  }
}
