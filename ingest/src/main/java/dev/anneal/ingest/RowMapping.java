package dev.anneal.ingest;

import dev.anneal.features.UnitConversion;
import dev.anneal.ingest.Mapped.Code;
import dev.anneal.ingest.Mapped.Failure;
import dev.anneal.ingest.Mapped.Rejected;
import dev.anneal.ingest.Mapped.Telemetry;
import dev.anneal.ingest.Organization.Sensor;
import dev.anneal.ingest.SourceRow.Table;
import dev.anneal.schemas.RowCodec;
import dev.anneal.schemas.RowCodec.Quality;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/// How the rows of one table become telemetry or outcomes, worked out once for the table's columns.
/// A pure function of the row.
///
/// Inserts and snapshot reads are rows; an update is the same row again with a newer LSN: a
/// correction. A row without asset or time is rejected, and one with text or an infinite number
/// where a measurement belongs. NaN and null are missing values. A row of bad quality keeps its
/// values: the quality says so.
final class RowMapping {
  private static final int ABSENT = -1;

  private record Measurement(Sensor sensor, int index) {}

  private final Table table;
  private final boolean outcomes;
  private final int asset;
  private final int time;
  private final int quality;
  private final Qualities qualities;
  private final List<Measurement> measurements;
  private final List<String> lacking = new ArrayList<>();
  private final List<Rejected> findings = new ArrayList<>();

  private RowMapping(Organization organization, Table table) {
    this.table = table;
    this.outcomes = organization.isOutcomeTable(table.name());
    this.qualities = new Qualities(organization.qualityCodes(), organization.qualityWords());
    var known = new HashSet<>(table.primaryKey());
    var outcome = organization.outcomes();
    if (outcomes && outcome != null) {
      asset = required(outcome.assetColumn());
      time = required(outcome.timeColumn());
      quality = ABSENT;
      measurements = List.of();
      return; // whatever else a failure table tells is not for us
    }
    asset = required(organization.assetColumn());
    time = required(organization.timeColumn());
    quality =
        organization.qualityColumn() == null ? ABSENT : optional(organization.qualityColumn());
    measurements =
        organization.sensors().stream().map(s -> new Measurement(s, optional(s.column()))).toList();
    known.add(organization.assetColumn());
    known.add(organization.timeColumn());
    if (organization.qualityColumn() != null) {
      known.add(organization.qualityColumn());
    }
    measurements.forEach(m -> known.add(m.sensor.column()));
    table.columns().stream().filter(c -> !known.contains(c)).forEach(this::unmapped);
  }

  static RowMapping of(Organization organization, Table table) {
    return new RowMapping(organization, table);
  }

  private int required(String column) {
    int index = table.columns().indexOf(column);
    if (index == ABSENT) {
      lacking.add(column);
    }
    return index;
  }

  private int optional(String column) {
    int index = table.columns().indexOf(column);
    if (index == ABSENT) {
      findings.add(
          new Rejected(
              Code.MISSING_COLUMN,
              "%s has no column `%s`; its rows are delivered without it"
                  .formatted(table.qualifiedName(), column)));
    }
    return index;
  }

  private void unmapped(String column) {
    findings.add(
        new Rejected(
            Code.UNMAPPED_COLUMN,
            "the definition does not mention column `%s` of %s; rows are delivered without it"
                .formatted(column, table.qualifiedName())));
  }

  /// What the table's columns say before any row is read, to be told once.
  List<Rejected> findings() {
    return List.copyOf(findings);
  }

  Mapped map(SourceRow row) {
    return switch (row.operation()) {
      case READ, CREATE, UPDATE -> mapRow(row);
      case DELETE -> new Mapped.Deleted();
      case TRUNCATE ->
          new Rejected(
              Code.TABLE_TRUNCATED,
              "%s was truncated; what was delivered stays".formatted(table.qualifiedName()));
    };
  }

  private Mapped mapRow(SourceRow row) {
    if (!lacking.isEmpty()) {
      return new Rejected(
          Code.MISSING_COLUMN, "%s has no column %s".formatted(table.qualifiedName(), lacking));
    }
    String assetId = assetId(row.values().get(asset));
    if (assetId == null) {
      return new Rejected(
          Code.BAD_ASSET,
          "column `%s` is neither text nor number nor time, of which the names of assets are made"
              .formatted(table.columns().get(asset)));
    }
    if (assetId.isEmpty()) {
      return new Rejected(
          Code.MISSING_ASSET, "column `%s` is empty".formatted(table.columns().get(asset)));
    }
    Object timeValue = row.values().get(time);
    if (timeValue == null) {
      return new Rejected(
          Code.MISSING_TIME, "column `%s` is empty".formatted(table.columns().get(time)));
    }
    long eventTime;
    try {
      eventTime = EventTime.micros(timeValue);
    } catch (IllegalArgumentException e) {
      return new Rejected(
          Code.BAD_TIME, "column `%s`: %s".formatted(table.columns().get(time), e.getMessage()));
    }
    return outcomes
        ? new Failure(assetId, eventTime, row.committedMicros(), row.lsn())
        : measured(row, assetId, eventTime);
  }

  private Mapped measured(SourceRow row, String assetId, long eventTime) {
    var values = new double[measurements.size()];
    for (int i = 0; i < values.length; i++) {
      var measurement = measurements.get(i);
      Object value = measurement.index == ABSENT ? null : row.values().get(measurement.index);
      if (!isNumeric(value)) {
        return new Rejected(
            Code.NOT_A_NUMBER,
            "column `%s`: `%s` is not a number".formatted(measurement.sensor.column(), value));
      }
      values[i] = convert(number(value), measurement.sensor.conversion());
      if (Double.isInfinite(values[i])) {
        return new Rejected(
            Code.INFINITE_VALUE,
            "column `%s`: `%s` is infinite".formatted(measurement.sensor.column(), value));
      }
    }
    Object qualityValue = quality == ABSENT ? null : row.values().get(quality);
    var known = qualities.of(qualityValue);
    return new Telemetry(
        new RowCodec.Row(
            assetId,
            eventTime,
            row.committedMicros(),
            row.lsn(),
            known.orElse(Quality.UNCERTAIN),
            values),
        known.isPresent() ? null : String.valueOf(qualityValue));
  }

  private static boolean isNumeric(@Nullable Object value) {
    return value == null || value instanceof Number || value instanceof Boolean;
  }

  private static double number(@Nullable Object value) {
    return switch (value) {
      case Number number -> number.doubleValue();
      case Boolean on -> on ? 1 : 0;
      case null, default -> Double.NaN;
    };
  }

  private static double convert(double value, @Nullable UnitConversion conversion) {
    return conversion == null ? value : conversion.apply(value);
  }

  /// Numbers without zeros behind their fraction, text without the padding of `char(n)`, bytes as
  /// PostgreSQL writes them.
  ///
  /// @return empty where there is none, null where the value cannot tell assets apart
  private static @Nullable String assetId(@Nullable Object value) {
    return switch (value) {
      case null -> "";
      case BigDecimal number -> number.stripTrailingZeros().toPlainString();
      case Double number when Double.isFinite(number) -> assetId(BigDecimal.valueOf(number));
      case Float number when Float.isFinite(number) -> assetId(new BigDecimal(number.toString()));
      case ByteBuffer bytes -> "\\x" + HexFormat.of().formatHex(Utils.toArray(bytes.duplicate()));
      case Number _, String _, Boolean _, Instant _, LocalTime _ -> value.toString().strip();
      default -> null;
    };
  }
}
