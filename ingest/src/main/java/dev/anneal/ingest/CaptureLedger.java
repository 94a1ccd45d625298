package dev.anneal.ingest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;

/// What ingest has to remember of each capture: the tables whose older rows have been delivered,
/// and the databases that hold a slot of ours.
final class CaptureLedger {
  /// A database with a slot of ours.
  ///
  /// @param source the [ScadaSource] as JSON
  record Known(String engine, String organization, String source) {}

  private static final ObjectMapper JSON = new ObjectMapper();

  private final JdbcClient jdbc;

  CaptureLedger(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /// The farthest position of the log that is known to be delivered.
  OptionalLong deliveredUpTo(String engine) {
    return jdbc
        .sql("select convert_from(value, 'UTF8') from ingest.debezium_offset where engine = ?")
        .param(engine)
        .query(String.class)
        .list()
        .stream()
        .flatMapToLong(CaptureLedger::positions)
        .max();
  }

  /// Debezium keeps the LSN of the last change, of the last processed one and of the last commit.
  private static LongStream positions(String offset) {
    try {
      var json = JSON.readTree(offset);
      return Stream.of("lsn", "lsn_proc", "lsn_commit")
          .map(json::path)
          .filter(JsonNode::isNumber)
          .mapToLong(JsonNode::asLong);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(
          "ingest.debezium_offset holds what is no offset: " + offset, e);
    }
  }

  /// Tables whose older rows have been delivered, with what each of them was then. Nothing is known
  /// of those of earlier releases.
  Map<String, Set<Long>> captured(String engine) {
    var captured = new HashMap<String, Set<Long>>();
    jdbc.sql(
            """
            select t.table_name, r.relation from ingest.captured_table t
            left join ingest.captured_relation r using (engine, table_name) where engine = ?
            """)
        .param(engine)
        .query(
            row -> {
              var relations = captured.computeIfAbsent(row.getString(1), _ -> new TreeSet<>());
              if (row.getObject(2) != null) {
                relations.add(row.getLong(2));
              }
            });
    return captured;
  }

  /// The older rows of a table have been delivered.
  ///
  /// @param relations what the table is
  void captured(String engine, String table, Set<Long> relations) {
    // at once: a table without relations is taken for one of an earlier release
    jdbc.sql(
            """
            with known as (
              insert into ingest.captured_table (engine, table_name) values (?, ?) on conflict do nothing)
            insert into ingest.captured_relation (engine, table_name, relation)
            select ?, ?, unnest(?::bigint[]) on conflict do nothing
            """)
        .params(engine, table, engine, table, array(relations))
        .update();
  }

  /// Partitions that were removed from a table; rows that they get from now on are not captured.
  ///
  /// @param all whether nothing is left of the table as it was
  void gone(String engine, String table, Set<Long> relations, boolean all) {
    jdbc.sql(
            """
            with known as (
              delete from ingest.captured_table where ? and engine = ? and table_name = ?)
            delete from ingest.captured_relation
            where engine = ? and table_name = ? and relation = any (?::bigint[])
            """)
        .params(all, engine, table, engine, table, array(relations))
        .update();
  }

  private static long[] array(Set<Long> relations) {
    return relations.stream().mapToLong(r -> r).toArray();
  }

  /// The next start takes a snapshot of everything.
  void forgetProgress(String engine) {
    jdbc.sql("delete from ingest.debezium_offset where engine = ?").param(engine).update();
    forgetTables(engine);
  }

  /// All tables' rows are read again, beside what the log brings.
  void forgetTables(String engine) {
    jdbc.sql("delete from ingest.captured_table where engine = ?").param(engine).update();
    jdbc.sql("delete from ingest.captured_relation where engine = ?").param(engine).update();
  }

  void remember(Known known) {
    jdbc.sql(
            """
            insert into ingest.source (engine, organization, source) values (?, ?, ?::jsonb)
            on conflict (engine) do update set source = excluded.source
            """)
        .params(known.engine, known.organization, known.source)
        .update();
  }

  List<Known> known() {
    return jdbc.sql("select engine, organization, source::text from ingest.source order by engine")
        .query((row, _) -> new Known(row.getString(1), row.getString(2), row.getString(3)))
        .list();
  }

  /// Names of the organizations that have a definition, readable or not.
  Set<String> definedOrganizations() {
    return jdbc.sql("select name from control.organization").query(String.class).set();
  }

  void forget(String engine) {
    forgetProgress(engine);
    jdbc.sql("delete from ingest.source where engine = ?").param(engine).update();
  }
}
