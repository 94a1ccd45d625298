package dev.anneal.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.anneal.stage.DeadLetters;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Source tables change while they are captured: no row is lost silently, and the source's own
/// writes go through.
class SourceChangesTest {
  private static final String READINGS =
      "create table readings (machine_id text, ts bigint, vib float8, temp float8, quality int, primary key (machine_id, ts))";
  private static final String FAILURES =
      "create table failures (id bigserial primary key, machine_id text, failed_at timestamptz)";

  @TempDir private static Path directory;
  private static IngestFixture fixture;
  private static int organizations;

  /// Name of this test's organization and of its database.
  private final String plant = "plant-" + ++organizations;

  private int last;

  @BeforeAll
  static void startServers() throws IOException, SQLException {
    fixture = new IngestFixture(directory);
    fixture.createControlTables();
    fixture.startIngest();
  }

  @AfterAll
  static void stopServers() throws IOException {
    fixture.close();
  }

  @BeforeEach
  void createDatabase() throws SQLException {
    fixture.postgres().createDatabase(plant);
    source(FAILURES);
  }

  private void source(String sql) throws SQLException {
    fixture.execute(plant, sql);
  }

  private void capture(String... tables) throws SQLException {
    for (String table : tables) {
      source(table);
    }
    insert("readings", 3);
    fixture.define(plant, fixture.organization(plant, plant, "readings"));
    awaitRows();
  }

  /// Row n is the only one with `vib` n.
  private void insert(String table, int count) throws SQLException {
    int first = last + 1;
    last += count;
    source(
        "insert into %s (machine_id, ts, vib) select 'm', 1772359200000 + i * 1000, i from generate_series(%d, %d) i"
            .formatted(table, first, last));
  }

  /// Three rows, in the transaction that changes the publication.
  private void insertAfter(String change) throws SQLException {
    last += 3;
    source(
        """
        begin;
        %s;
        insert into readings (machine_id, ts, vib) values ('m', 1, 4), ('m', 2, 5), ('m', 3, 6);
        commit"""
            .formatted(change.formatted(CapturePlan.slot(plant))));
  }

  private void awaitRows() {
    eventually(
        () ->
            assertThat(
                    fixture.telemetry(plant).stream()
                        .map(r -> (int) r.value().values()[1])
                        .distinct())
                .hasSize(last));
  }

  private static void eventually(ThrowingRunnable assertion) {
    await().untilAsserted(assertion);
  }

  private void awaitLetter(String code, String reason) {
    eventually(
        () ->
            assertThat(fixture.deadLetters(code))
                .filteredOn(l -> plant.equals(l.getOrganization()))
                .anyMatch(l -> l.getReason().contains(reason)));
  }

  private void awaitAlert(String kind, String message) {
    eventually(
        () ->
            assertThat(fixture.alerts(plant))
                .anyMatch(a -> a.getKind().equals(kind) && a.getMessage().contains(message)));
  }

  @Test
  void rowsThatComeWithAnotherTableOfTheNameAreRead() throws SQLException {
    capture(READINGS);

    source("create table next (like readings including all)");
    source("insert into next select * from readings");
    insert("next", 5);
    source("begin; drop table readings; alter table next rename to readings; commit");

    awaitRows();
    awaitLetter("table-replaced", "readings");
    insert("readings", 2);
    awaitRows();
  }

  @Test
  void rowsThatComeWithAPartitionAreRead() throws SQLException {
    capture(
        READINGS + " partition by range (ts)",
        "create table readings_1 partition of readings for values from (0) to (1772359205000)");

    // other columns' order, as a table made for itself has
    source(
        "create table readings_2 (quality int, temp float8, vib float8, ts bigint not null, machine_id text not null)");
    last = 10;
    insert("readings_2", 4);
    last -= 7; // rows 4 to 10 are not there
    source(
        "alter table readings attach partition readings_2 for values from (1772359205000) to (1872359205000)");

    awaitRows();
    source(
        "insert into readings (machine_id, ts, vib) values ('m', 1772359260000, 60), ('m', 1772359204000, 4)");
    last += 2;
    awaitRows();
  }

  @Test
  void generatedColumnsHaveTheirValuesInTheStream() throws SQLException {
    capture(
        "create table readings (machine_id text, ts bigint, vib float8, temp float8 generated always as (vib * 9 / 5 + 32) stored, quality int)",
        "alter table readings replica identity full");

    insert("readings", 2);
    source("update readings set vib = vib"); // else the source would be refused

    awaitRows();
    eventually(
        () ->
            assertThat(fixture.telemetry(plant))
                .hasSizeGreaterThanOrEqualTo(10)
                .allSatisfy(
                    r ->
                        assertThat(r.value().values()[0])
                            .as("°F → °C")
                            .isCloseTo(
                                r.value().values()[1], org.assertj.core.data.Offset.offset(1e-9))));
  }

  @Test
  void aKeyThatIsDroppedIsReportedAndTheSourceGoesOn() throws SQLException {
    capture(READINGS);

    source("alter table readings drop constraint readings_pkey");

    awaitLetter("publication-changed", "only inserts");
    source("update readings set temp = 1");
    insert("readings", 2);
    awaitRows();
    source("alter table readings add primary key (machine_id, ts)");
    awaitLetter("publication-changed", "updates and deletes again");
    source("update readings set temp = 212");
    eventually(
        () ->
            assertThat(fixture.telemetry(plant))
                .filteredOn(r -> Math.abs(r.value().values()[0] - 100) < 1e-9)
                .hasSize(last));
  }

  @Test
  void whatAFilterLeftOutIsReportedAndReadOnceItIsGone() throws SQLException {
    capture(READINGS);
    String publication = CapturePlan.slot(plant);

    source(
        "alter publication %s set table failures, readings where (ts < 0)".formatted(publication));
    insert("readings", 3);
    awaitAlert("SOURCE_PUBLICATION", "rows of readings that are not (ts < 0)");
    source("alter publication %s set table failures, readings".formatted(publication));

    awaitRows();
    insert("readings", 2);
    awaitRows();
  }

  @Test
  void rowsOfATableThatWasNotPublishedForAWhileAreRead() throws SQLException {
    capture(READINGS);

    insertAfter("alter publication %s drop table readings");

    awaitRows();
    awaitLetter("table-unpublished", "rows of readings");
    insert("readings", 2);
    awaitRows();
  }

  @Test
  void rowsOfAPublicationThatWasDroppedAreRead() throws SQLException {
    capture(READINGS);

    insertAfter("drop publication %s");

    awaitRows();
    awaitLetter("table-unpublished", "rows of failures, readings");
    insert("readings", 2);
    awaitRows();
  }

  @Test
  void olderRowsAreReadWhereTransactionsNeverPause() throws Exception {
    capture(READINGS);
    var isOver = new AtomicBoolean();
    try (var writers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 3; i++) {
        writers.submit(
            () -> {
              while (!isOver.get()) {
                source("begin; insert into failures default values; select pg_sleep(.4); commit");
              }
              return null;
            });
      }
      source("create table next (like readings including all)");
      source("insert into next select * from readings");
      insert("next", 5);
      source("begin; drop table readings; alter table next rename to readings; commit");

      awaitRows();
      awaitLetter("table-replaced", "readings");
      isOver.set(true);
    }
  }

  @Test
  void nullIsNoDefaultAndALargeNumberThatStaysStopsNothing() throws SQLException {
    capture(
        "create table readings (id serial primary key, machine_id text, ts bigint, vib float8, temp float8 default 0, quality int default 192, big numeric)");
    source(
        """
        insert into readings (machine_id, ts, vib, temp, big)
        select 'm', 1772359300000, 4, null, string_agg((random() * 9)::int::text, '')::numeric
        from generate_series(1, 20000)""");
    source("update readings set vib = 5 where vib = 4");
    last += 2;

    awaitRows();
    assertThat(fixture.telemetry(plant))
        .filteredOn(r -> r.value().values()[1] > 3)
        .allSatisfy(r -> assertThat(r.value().values()[0]).isNaN());
  }

  @Test
  void rowsOfATransactionThatIsOpenWhileATableJoinsAreRead() throws SQLException {
    capture(READINGS);

    last += 1;
    try (Connection open = DriverManager.getConnection(fixture.postgres().jdbcUrl(plant))) {
      open.setAutoCommit(false);
      source("alter publication %s drop table readings".formatted(CapturePlan.slot(plant)));
      open.createStatement()
          .execute("insert into readings (machine_id, ts, vib) values ('m', 1, 4)");
      awaitLetter("table-unpublished", "rows of readings");
      insert("readings", 2);
      open.commit();
    }

    awaitRows();
  }

  @Test
  void deletesOfATableAreOneDeadLetterWithTheirCount() throws SQLException {
    capture(READINGS);
    insert("readings", 1_000);
    awaitRows();

    source("delete from readings where vib < 1000");

    awaitLetter("row-deleted", "999 rows of public.readings were deleted");
    assertThat(fixture.deadLetters("row-deleted"))
        .filteredOn(l -> plant.equals(l.getOrganization()))
        .hasSize(1);
  }

  @Test
  void aRowThatIsTooLargeIsADeadLetterAndTheRestGoesOn() throws SQLException {
    String large =
        """
        insert into readings (machine_id, ts, note) values (null, 1, repeat('x', 2000000));
        insert into readings (machine_id, ts, vib) values (repeat('m', 1200000), 1, 1)""";
    capture(
        "create table readings (id bigserial primary key, machine_id text, ts bigint, vib float8, temp float8, quality int, note text)",
        large);

    source(large);
    insert("readings", 2);

    awaitRows();
    for (String code : List.of("missing-asset", "refused-by-broker")) {
      eventually(
          () ->
              assertThat(fixture.deadLetters(code))
                  .filteredOn(l -> plant.equals(l.getOrganization()))
                  .hasSize(2)
                  .allSatisfy(l -> assertThat(l.getValueSize()).isGreaterThan(1_000_000L))
                  .allSatisfy(
                      l ->
                          assertThat(l.getValue().remaining())
                              .isEqualTo(DeadLetters.LONGEST_VALUE)));
    }
    assertThat(fixture.telemetry(plant)).as("nothing is read again").hasSize(last);
  }

  @Test
  void aSensorWhoseColumnVanishesIsAnAlertUntilItIsBack() throws SQLException {
    capture(READINGS);

    source("alter table readings rename vib to vibration");
    awaitAlert("SOURCE_COLUMNS_MISSING", "no column `vib`;");
    source("alter table readings rename vibration to vib");

    eventually(
        () ->
            assertThat(fixture.alerts(plant))
                .anyMatch(
                    a ->
                        a.getKind().equals("SOURCE_COLUMNS_MISSING") && a.getResolvedAt() != null));
    insert("readings", 2);
    awaitRows();
  }

  @Test
  void tablesThatAnEarlierReleaseReadAreNotReadAgain() throws SQLException {
    capture(READINGS);
    String relations =
        "select relation::text from ingest.captured_relation where table_name = 'readings' and engine like '%%%s@%%'"
            .formatted(plant);
    assertThat(fixture.query(IngestFixture.APP, relations)).hasSize(1);

    fixture.execute(
        IngestFixture.APP,
        "delete from ingest.captured_relation where engine like '%%%s@%%'".formatted(plant));

    eventually(() -> assertThat(fixture.query(IngestFixture.APP, relations)).hasSize(1));
    insert("readings", 1);
    awaitRows();
    assertThat(fixture.telemetry(plant)).hasSize(last);
  }

  @Test
  void tablesThatInheritAreReported() throws SQLException {
    capture(READINGS);

    source("create table readings_2026 () inherits (readings)");

    awaitAlert("SOURCE_TABLES_INHERITED", "readings_2026 of readings");
  }
}
