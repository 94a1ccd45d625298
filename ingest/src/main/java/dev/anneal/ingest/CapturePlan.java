package dev.anneal.ingest;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What one Debezium engine captures.
///
/// @param engine key of its place in the log; a new log is a new engine
/// @param organization null for the app database
/// @param slot also the publication's name
/// @param tables expression that captured tables match as a whole
/// @param timeColumn by which the rows of a table are read that were there before its capture; null
///     for any order
record CapturePlan(
    String engine,
    @Nullable String organization,
    String slot,
    PostgresAddress address,
    String schema,
    TableNames tables,
    @Nullable String timeColumn) {
  /// Debezium reads tables of other names in the order of their pages: it cannot be told a
  /// statement for them.
  private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9_]+");

  private static final int LONGEST_SLOT_NAME = 63;
  private static final int HASH_LENGTH = 8;

  static CapturePlan ofDefinitions(PostgresAddress address) {
    return new CapturePlan(
        "models@%s:%d/%s".formatted(address.host(), address.port(), address.database()),
        null,
        "anneal_models",
        address,
        "control",
        TableNames.of("organization|model"),
        null);
  }

  static CapturePlan ofOrganization(Organization organization, PostgresAddress address) {
    return new CapturePlan(
        engine(organization.name(), organization.source()),
        organization.name(),
        slot(organization.name()),
        address,
        organization.source().schema(),
        organization.tableNames(),
        organization.timeColumn());
  }

  static String engine(String organization, ScadaSource source) {
    return "scada/" + organization + "@" + source.log();
  }

  /// Slot names are lower case letters, digits and `_`, and belong to the whole server, so they say
  /// whose they are.
  static String slot(String organization) {
    String name = "anneal_scada_" + organization.replace('-', '_');
    if (name.length() <= LONGEST_SLOT_NAME) {
      return name;
    }
    String hash =
        UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8))
            .toString()
            .substring(0, HASH_LENGTH);
    return name.substring(0, LONGEST_SLOT_NAME - HASH_LENGTH - 1) + "_" + hash;
  }

  /// What Debezium may read, as one of its comma-separated lists.
  String tableIncludeList() {
    return "%s\\.(?:%s)".formatted(literal(schema), tables.toString().replace(",", "\\,"));
  }

  /// One table, by an expression that only its qualified name matches.
  String expression(String table) {
    return literal(schema) + "\\." + literal(table);
  }

  /// What reads the older rows of tables in the order of event time, whatever the order of their
  /// pages, by qualified name.
  ///
  /// @param tables that have the time column
  Map<String, String> orderedSelects(Set<String> tables) {
    var selects = new TreeMap<String, String>();
    for (String table : tables) {
      if (timeColumn != null
          && PLAIN_NAME.matcher(schema).matches()
          && PLAIN_NAME.matcher(table).matches()) {
        String from = SourceDatabase.quoted(schema) + "." + SourceDatabase.quoted(table);
        selects.put(schema + "." + table, ordered("select * from " + from));
      }
    }
    return selects;
  }

  String ordered(String select) {
    return timeColumn == null ? select : select + " order by " + SourceDatabase.quoted(timeColumn);
  }

  /// The name as an expression. Debezium's splitter of lists does not know `\\Q…\\E`.
  static String literal(String name) {
    return name.replaceAll("[^A-Za-z0-9_]", "\\\\$0");
  }
}
