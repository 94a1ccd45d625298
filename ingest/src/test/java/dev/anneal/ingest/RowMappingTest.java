package dev.anneal.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.features.UnitConversion;
import dev.anneal.ingest.Mapped.Code;
import dev.anneal.ingest.Mapped.Failure;
import dev.anneal.ingest.Mapped.Rejected;
import dev.anneal.ingest.Mapped.Telemetry;
import dev.anneal.ingest.Organization.Outcomes;
import dev.anneal.ingest.Organization.Sensor;
import dev.anneal.ingest.SourceRow.Operation;
import dev.anneal.ingest.SourceRow.Table;
import dev.anneal.schemas.RowCodec.Quality;
import dev.anneal.schemas.RowCodec.Row;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RowMappingTest {
  private static final Instant TIME = Instant.parse("2026-03-01T10:00:00.123456Z");
  private static final long MICROS = 1_772_359_200_123_456L;
  private static final Organization ACME =
      new Organization(
          "acme",
          new ScadaSource(
              "127.0.0.1", 5432, "scada", "reader", null, null, "public", List.of("readings_.*")),
          "machine_id",
          "ts",
          "quality",
          List.of(
              new Sensor("temp", "temperature", UnitConversion.parse("°F → °C")),
              new Sensor("vib", "vibration", null)),
          new Outcomes("failures", "machine_id", "failed_at"),
          Qualities.Codes.IGNITION,
          Map.of());
  private static final Table READINGS =
      new Table(
          "public",
          "readings_1",
          List.of("id", "machine_id", "ts", "temp", "vib", "quality"),
          Set.of("id"));

  private static SourceRow row(
      @Nullable Object asset, @Nullable Object time, @Nullable Object temp, @Nullable Object vib) {
    return row(Operation.CREATE, asset, time, temp, vib, "good");
  }

  private static SourceRow row(
      Operation operation,
      @Nullable Object asset,
      @Nullable Object time,
      @Nullable Object temp,
      @Nullable Object vib,
      @Nullable Object quality) {
    return new SourceRow(
        READINGS, operation, 42, 7_000, Arrays.asList(1L, asset, time, temp, vib, quality));
  }

  private static Mapped map(SourceRow row) {
    return RowMapping.of(ACME, row.table()).map(row);
  }

  @ParameterizedTest
  @CsvSource({"READ", "CREATE", "UPDATE"})
  void readsInsertsAndUpdatesAreRows(Operation operation) {
    var mapped = map(row(operation, "pump-1", TIME, 212.0, 3, null));

    assertThat(mapped)
        .isEqualTo(
            new Telemetry(
                new Row("pump-1", MICROS, 7_000, 42, Quality.GOOD, new double[] {100, 3}), null));
  }

  static Stream<Arguments> rejections() {
    return Stream.of(
        Arguments.of(
            row("p", TIME, "n/a", 1.0), Code.NOT_A_NUMBER, "column `temp`: `n/a` is not a number"),
        Arguments.of(
            row("p", TIME, "12.5", 1.0),
            Code.NOT_A_NUMBER,
            "column `temp`: `12.5` is not a number"),
        Arguments.of(
            row("p", TIME, TIME, 1.0),
            Code.NOT_A_NUMBER,
            "column `temp`: `" + TIME + "` is not a number"),
        Arguments.of(
            row("p", TIME, Double.POSITIVE_INFINITY, 1.0),
            Code.INFINITE_VALUE,
            "column `temp`: `Infinity` is infinite"),
        Arguments.of(
            row("p", TIME, 1.0, Float.NEGATIVE_INFINITY),
            Code.INFINITE_VALUE,
            "column `vib`: `-Infinity` is infinite"),
        Arguments.of(row(null, TIME, 1.0, 1.0), Code.MISSING_ASSET, "column `machine_id` is empty"),
        Arguments.of(row("  ", TIME, 1.0, 1.0), Code.MISSING_ASSET, "column `machine_id` is empty"),
        Arguments.of(row("p", null, 1.0, 1.0), Code.MISSING_TIME, "column `ts` is empty"),
        Arguments.of(row("p", true, 1.0, 1.0), Code.BAD_TIME, "column `ts`: `true` is no time"),
        Arguments.of(row("p", -1L, 1.0, 1.0), Code.BAD_TIME, "column `ts`: `-1` lies before 1970"),
        Arguments.of(
            row("p", Long.MAX_VALUE, 1.0, 1.0),
            Code.BAD_TIME,
            "column `ts`: `9223372036854775807` is no time: long overflow"),
        Arguments.of(
            new SourceRow(READINGS, Operation.TRUNCATE, 1, 1, List.of()),
            Code.TABLE_TRUNCATED,
            "public.readings_1 was truncated; what was delivered stays"));
  }

  @ParameterizedTest
  @MethodSource("rejections")
  void rejectsWhatCannotBeUsed(SourceRow row, Code code, String reason) {
    assertThat(map(row)).isEqualTo(new Rejected(code, reason));
  }

  static Stream<Arguments> times() {
    return Stream.of(
        Arguments.of(TIME, MICROS),
        Arguments.of(1_772_359_200_123L, MICROS - 456),
        Arguments.of(1_772_359_200_123.0, MICROS - 456),
        Arguments.of(86_400_000, 86_400_000_000L),
        Arguments.of("2026-03-01T11:00:00.123456+01:00", MICROS),
        Arguments.of("2026-03-01 11:00:00.123456+01", MICROS),
        Arguments.of("2026-03-01T10:00:00.123456Z", MICROS),
        Arguments.of("2026-03-01 10:00:00.123456", MICROS),
        Arguments.of("1970-01-02", 86_400_000_000L));
  }

  @ParameterizedTest
  @MethodSource("times")
  void readsTimesAsPlantsStoreThem(Object value, long micros) {
    var mapped = (Telemetry) map(row("p", value, 1.0, 1.0));

    assertThat(mapped.row().eventTimeMicros()).isEqualTo(micros);
  }

  @Test
  void textThatIsNoTimeIsABadTime() {
    assertThat(map(row("p", "yesterday", 1.0, 1.0)))
        .isInstanceOfSatisfying(
            Rejected.class,
            r -> {
              assertThat(r.code()).isEqualTo(Code.BAD_TIME);
              assertThat(r.reason()).contains("`yesterday` is no time");
            });
  }

  @Test
  void aQualityThatNobodyKnowsIsUncertainAndNamed() {
    var mapped = (Telemetry) map(row(Operation.CREATE, "p", TIME, 1.0, 1.0, "whatever"));

    assertThat(mapped.row().quality()).isEqualTo(Quality.UNCERTAIN);
    assertThat(mapped.unknownQuality()).isEqualTo("whatever");
  }

  @ParameterizedTest
  @CsvSource({"9007199254740992", "9007199254740993", "12345678901234567890"})
  void identifiersKeepTheirDigitsInOutcomesToo(BigDecimal asset) {
    var failures = new Table("public", "failures", List.of("machine_id", "failed_at"), Set.of());
    var failure = new SourceRow(failures, Operation.CREATE, 42, 7_000, List.of(asset, TIME));

    assertThat(map(row(asset.setScale(2), TIME, 1.0, 1.0)))
        .isInstanceOfSatisfying(
            Telemetry.class, t -> assertThat(t.row().asset()).isEqualTo(asset.toString()));
    assertThat(map(failure))
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.asset()).isEqualTo(asset.toString()));
  }

  @Test
  void aDeletedRowIsCounted() {
    assertThat(map(row(Operation.DELETE, "p", TIME, 1.0, 1.0, null)))
        .isInstanceOf(Mapped.Deleted.class);
  }

  @Test
  void badQualityKeepsTheValues() {
    var mapped = (Telemetry) map(row(Operation.CREATE, "p", TIME, 32.0, 9.5, 0));

    assertThat(mapped.row())
        .isEqualTo(new Row("p", MICROS, 7_000, 42, Quality.BAD, new double[] {0, 9.5}));
  }

  @Test
  void nullAndNanAreMissingValuesAndSwitchesAreNumbers() {
    var mapped = (Telemetry) map(row("p", TIME, null, true));
    assertThat(mapped.row().values()).containsExactly(Double.NaN, 1);

    mapped = (Telemetry) map(row("p", TIME, Double.NaN, false));
    assertThat(mapped.row().values()).containsExactly(Double.NaN, 0);
  }

  @Test
  void assetsAreTextHoweverTheyAreStored() {
    assertThat(((Telemetry) map(row(17, TIME, 1.0, 1.0))).row().asset()).isEqualTo("17");
    assertThat(((Telemetry) map(row(17.0, TIME, 1.0, 1.0))).row().asset()).isEqualTo("17");
    assertThat(((Telemetry) map(row("pump-1   ", TIME, 1.0, 1.0))).row().asset())
        .isEqualTo("pump-1");
  }

  @Test
  void columnsTheDefinitionDoesNotKnowAreToldOnceAndTheRowGoesOn() {
    // Given
    var table =
        new Table(
            "public",
            "readings_1",
            List.of("id", "machine_id", "ts", "temp", "operator"),
            Set.of("id"));
    var mapping = RowMapping.of(ACME, table);

    // When
    var mapped =
        mapping.map(
            new SourceRow(table, Operation.CREATE, 1, 2, List.of(1L, "p", TIME, 212.0, "Ada")));

    // Then
    assertThat(mapping.findings())
        .containsExactlyInAnyOrder(
            new Rejected(
                Code.UNMAPPED_COLUMN,
                "the definition does not mention column `operator` of public.readings_1; rows are delivered without it"),
            new Rejected(
                Code.MISSING_COLUMN,
                "public.readings_1 has no column `vib`; its rows are delivered without it"),
            new Rejected(
                Code.MISSING_COLUMN,
                "public.readings_1 has no column `quality`; its rows are delivered without it"));
    assertThat(mapped)
        .isEqualTo(
            new Telemetry(
                new Row("p", MICROS, 2, 1, Quality.GOOD, new double[] {100, Double.NaN}), null));
  }

  @Test
  void rowsOfATableWithoutAssetOrTimeColumnAreRejected() {
    var table = new Table("public", "readings_1", List.of("temp", "vib"), Set.of());

    assertThat(map(new SourceRow(table, Operation.CREATE, 1, 2, List.of(1.0, 2.0))))
        .isEqualTo(
            new Rejected(Code.MISSING_COLUMN, "public.readings_1 has no column [machine_id, ts]"));
  }

  @Test
  void rowsOfTheOutcomeTableAreFailures() {
    var table =
        new Table(
            "public", "failures", List.of("no", "machine_id", "failed_at", "remark"), Set.of("no"));
    var mapping = RowMapping.of(ACME, table);

    var mapped =
        mapping.map(
            new SourceRow(table, Operation.CREATE, 5, 6, List.of(1L, "p", TIME, "bearing")));

    assertThat(mapped).isEqualTo(new Failure("p", MICROS, 6, 5));
    assertThat(mapping.findings()).isEmpty();
  }
}
