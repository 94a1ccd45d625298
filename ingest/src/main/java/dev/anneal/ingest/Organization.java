package dev.anneal.ingest;

import dev.anneal.features.UnitConversion;
import dev.anneal.schemas.RowCodec.Quality;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
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
  /// @param tables those that there are
  List<String> lacking(Set<String> tables) {
    Predicate<String> isThere = name -> tables.stream().anyMatch(TableNames.of(name)::match);
    var measured = source.tables().stream().filter(isThere.negate());
    var outcome = Stream.ofNullable(outcomes).map(Outcomes::table).filter(t -> !tables.contains(t));
    return Stream.concat(measured, outcome).toList();
  }

  boolean isOutcomeTable(String table) {
    return outcomes != null && outcomes.table.equals(table);
  }
}
