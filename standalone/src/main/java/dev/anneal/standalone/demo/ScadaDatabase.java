package dev.anneal.standalone.demo;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.List;

/// A plant's database as the plant's own software sees it: rows go in, one transaction a batch.
/// Knows how far the simulation got, in the same transaction as the rows.
final class ScadaDatabase implements AutoCloseable {
  /// @param time instants are written as the column's type wants them
  record Row(String asset, Instant time, List<Object> values) {}

  private final Connection connection;

  /// @param jdbcUrl with user and password
  ScadaDatabase(String jdbcUrl) throws SQLException {
    connection = DriverManager.getConnection(jdbcUrl + "&reWriteBatchedInserts=true");
    connection.setAutoCommit(false);
    execute("create schema if not exists simulator");
    execute(
        "create table if not exists simulator.progress (one boolean primary key default true check (one),"
            + " started timestamptz not null, written timestamptz not null, changed timestamptz)");
    connection.commit();
  }

  void create(Plant.Table table) throws SQLException {
    execute(table.ddl());
    connection.commit();
  }

  private void execute(String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /// Adds the rows to the batch of this transaction; [#commit] makes them visible.
  void insert(Plant.Table table, List<Row> rows) throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    String marks = String.join(", ", Collections.nCopies(table.columns().size(), "?"));
    String sql =
        "insert into %s (%s) values (%s)"
            .formatted(table.name(), String.join(", ", table.columns()), marks);
    boolean zoned = table.ddl().contains("timestamptz");
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (Row row : rows) {
        statement.setString(1, row.asset());
        statement.setObject(
            2,
            zoned
                ? row.time().atOffset(ZoneOffset.UTC)
                : LocalDateTime.ofInstant(row.time(), ZoneOffset.UTC));
        for (int i = 0; i < row.values().size(); i++) {
          statement.setObject(i + 3, row.values().get(i));
        }
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  void commit(Progress progress) throws SQLException {
    try (var statement =
        connection.prepareStatement(
            "insert into simulator.progress (started, written, changed) values (?, ?, ?) on conflict (one) do update"
                + " set written = excluded.written, changed = excluded.changed")) {
      statement.setObject(1, progress.started().atOffset(ZoneOffset.UTC));
      statement.setObject(2, progress.written().atOffset(ZoneOffset.UTC));
      var changed = progress.changed();
      statement.setObject(
          3,
          changed == null ? null : changed.atOffset(ZoneOffset.UTC),
          java.sql.Types.TIMESTAMP_WITH_TIMEZONE);
      statement.executeUpdate();
    }
    connection.commit();
  }

  /// How far an earlier run got; `fresh` where there was none.
  Progress progress(Progress fresh) throws SQLException {
    try (var statement = connection.createStatement();
        var found =
            statement.executeQuery("select started, written, changed from simulator.progress")) {
      if (!found.next()) {
        return fresh;
      }
      var changed = found.getTimestamp(3);
      return new Progress(
          found.getTimestamp(1).toInstant(),
          found.getTimestamp(2).toInstant(),
          changed == null ? null : changed.toInstant());
    } finally {
      connection.rollback();
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
