package dev.anneal.ingest;

import java.util.List;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;

/// What ingest has to remember of each capture: the tables whose older rows have been delivered, and the databases that
/// hold a slot of ours.
final class CaptureLedger {
  /// A database with a slot of ours.
  ///
  /// @param source the [ScadaSource] as JSON
  record Known(String engine, String organization, String source) {}

  private final JdbcClient jdbc;

  CaptureLedger(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  boolean hasOffset(String engine) {
    return jdbc.sql("select count(*) from ingest.debezium_offset where engine = ?")
            .param(engine)
            .query(Long.class)
            .single()
        > 0;
  }

  Set<String> capturedTables(String engine) {
    return jdbc.sql("select table_name from ingest.captured_table where engine = ?")
        .param(engine)
        .query(String.class)
        .set();
  }

  void tableCaptured(String engine, String table) {
    jdbc.sql("insert into ingest.captured_table (engine, table_name) values (?, ?) on conflict do nothing")
        .params(engine, table)
        .update();
  }

  /// The next start takes a snapshot of everything.
  void forgetProgress(String engine) {
    jdbc.sql("delete from ingest.debezium_offset where engine = ?").param(engine).update();
    jdbc.sql("delete from ingest.captured_table where engine = ?").param(engine).update();
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

  void forget(String engine) {
    forgetProgress(engine);
    jdbc.sql("delete from ingest.source where engine = ?").param(engine).update();
  }
}
