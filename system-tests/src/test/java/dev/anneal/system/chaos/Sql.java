package dev.anneal.system.chaos;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// Queries of numbers.
final class Sql {
  private Sql() {}

  static List<Long> longs(Connection connection, String query) throws SQLException {
    var found = new ArrayList<Long>();
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      while (rows.next()) {
        found.add(rows.getLong(1));
      }
    }
    return found;
  }

  static long count(Connection connection, String query) throws SQLException {
    return longs(connection, query).getFirst();
  }
}
