package dev.anneal.ingest;

import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Where an organization's rows are. Secrets are not in it, only the name of the variable or file
/// that holds them.
///
/// @param tables names or regular expressions, without the schema
record ScadaSource(
    String host,
    int port,
    String database,
    String user,
    @Nullable String passwordEnv,
    @Nullable String passwordFile,
    String schema,
    List<String> tables) {

  ScadaSource {
    tables = List.copyOf(tables);
    if (host.isBlank() || database.isBlank() || user.isBlank() || schema.isBlank()) {
      throw new IllegalArgumentException(
          "source: host, database, user and schema must not be empty");
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("source.port must be in [1, 65535], was " + port);
    }
    if (tables.isEmpty()) {
      throw new IllegalArgumentException("source.tables must name at least one table");
    }
    for (String table : tables) {
      try {
        var _ = Pattern.compile(table);
      } catch (PatternSyntaxException e) {
        throw new IllegalArgumentException(
            "source.tables: `%s`: %s".formatted(table, e.getDescription()), e);
      }
    }
  }

  /// Which log it is: offsets and slots of one log mean nothing in another.
  String log() {
    return "%s:%d/%s".formatted(host, port, database);
  }

  /// One expression that a captured table's name matches as a whole.
  String tableExpression() {
    return tables.stream().map(t -> "(?:" + t + ")").collect(Collectors.joining("|"));
  }
}
