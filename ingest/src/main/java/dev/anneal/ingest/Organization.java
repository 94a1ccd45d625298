package dev.anneal.ingest;

import dev.anneal.features.UnitConversion;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What an organization's rows mean.
record Organization(
    String name,
    ScadaSource source,
    String assetColumn,
    String timeColumn,
    @Nullable String qualityColumn,
    List<Sensor> sensors,
    @Nullable Outcomes outcomes) {

  /// One measured column.
  ///
  /// @param name field of `telemetry.<org>`
  record Sensor(String column, String name, @Nullable UnitConversion conversion) {}

  /// The table where failures are recorded.
  record Outcomes(String table, String assetColumn, String timeColumn) {}

  Organization {
    sensors = List.copyOf(sensors);
  }

  List<String> sensorNames() {
    return sensors.stream().map(Sensor::name).toList();
  }

  /// One expression that the name of a captured table matches as a whole, the outcome table
  /// included.
  Pattern tablePattern() {
    String telemetry = source.tablePattern().pattern();
    return Pattern.compile(
        outcomes == null ? telemetry : telemetry + "|" + CapturePlan.literal(outcomes.table));
  }

  boolean isOutcomeTable(String table) {
    return outcomes != null && outcomes.table.equals(table);
  }
}
