package dev.anneal.ingest;

import dev.anneal.features.UnitConversion;
import dev.anneal.schemas.NearNames;
import dev.anneal.schemas.RowCodec.Quality;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What an organization's rows mean.
record Organization(
    String name,
    ScadaSource source,
    String assetColumn,
    String timeColumn,
    @Nullable String qualityColumn,
    List<Sensor> sensors,
    @Nullable Outcomes outcomes,
    Qualities.Codes qualityCodes,
    Map<String, Quality> qualityWords) {

  /// One measured column.
  ///
  /// @param name field of `telemetry.<org>`
  record Sensor(String column, String name, @Nullable UnitConversion conversion) {}

  /// The table where failures are recorded.
  record Outcomes(String table, String assetColumn, String timeColumn) {}

  Organization {
    sensors = List.copyOf(sensors);
    qualityWords = Map.copyOf(qualityWords);
  }

  List<String> sensorNames() {
    return sensors.stream().map(Sensor::name).toList();
  }

  /// The captured tables, the outcome table included.
  TableNames tableNames() {
    String telemetry = source.tableExpression();
    return TableNames.of(
        outcomes == null ? telemetry : telemetry + "|" + CapturePlan.literal(outcomes.table));
  }

  /// What the definition names and the source does not have.
  ///
  /// @param captured columns of the tables that match, by table
  /// @param others all tables of the schema
  Lacking lacking(Map<String, Set<String>> captured, Set<String> others) {
    return new Lacking(
        lackingTables(captured.keySet()).map(t -> withNear(t, others)).toList(),
        lackingColumns(captured).toList());
  }

  private Stream<String> lackingTables(Set<String> tables) {
    Predicate<String> isThere = name -> tables.stream().anyMatch(TableNames.of(name)::match);
    var measured = source.tables().stream().filter(isThere.negate());
    var outcome = Stream.ofNullable(outcomes).map(Outcomes::table).filter(t -> !tables.contains(t));
    return Stream.concat(measured, outcome).distinct();
  }

  private static String withNear(String name, Set<String> others) {
    return NearNames.of(name, others)
        .map(near -> "`%s` (did you mean `%s`?)".formatted(name, near))
        .orElse("`%s`".formatted(name));
  }

  /// Columns that a table needs for any of its rows, and sensors that no table has: tables may
  /// differ in those.
  private Stream<String> lackingColumns(Map<String, Set<String>> captured) {
    var needed =
        captured.entrySet().stream()
            .flatMap(
                table ->
                    neededOf(table.getKey())
                        .filter(column -> !table.getValue().contains(column))
                        .map(column -> "`%s` in %s".formatted(column, table.getKey())));
    var measured =
        captured.entrySet().stream()
            .filter(table -> !isOutcomeTable(table.getKey()))
            .flatMap(table -> table.getValue().stream())
            .collect(Collectors.toSet());
    var sensed =
        Stream.concat(sensors.stream().map(Sensor::column), Stream.ofNullable(qualityColumn))
            .filter(column -> !measured.contains(column))
            .map("`%s`"::formatted);
    return Stream.concat(needed, measured.isEmpty() ? Stream.empty() : sensed);
  }

  private Stream<String> neededOf(String table) {
    return outcomes != null && outcomes.table.equals(table)
        ? Stream.of(outcomes.assetColumn, outcomes.timeColumn)
        : Stream.of(assetColumn, timeColumn);
  }

  boolean isOutcomeTable(String table) {
    return outcomes != null && outcomes.table.equals(table);
  }
}
