package dev.anneal.control.definitions;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One organization, resolved. Component names are the fields of Avro's `OrganizationDefinition`:
/// this record as JSON is the column `control.organization.document`.
public record OrganizationDefinition(
    String name,
    Source source,
    String assetColumn,
    String timeColumn,
    @Nullable String qualityColumn,
    List<Sensor> sensors,
    @Nullable Outcomes outcomes,
    String qualityCodes,
    Map<String, String> qualityWords) {
  /// The SCADA database.
  public record Source(
      String host,
      int port,
      String database,
      String user,
      @Nullable String passwordEnv,
      @Nullable String passwordFile,
      String schema,
      List<String> tables) {}

  /// A measured column and the name it has in telemetry.
  public record Sensor(String column, String name, @Nullable String unitConversion) {}

  /// Where failures are recorded.
  public record Outcomes(String table, String assetColumn, String timeColumn) {}

  List<String> sensorNames() {
    return sensors.stream().map(Sensor::name).toList();
  }
}
