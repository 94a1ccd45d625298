package dev.anneal.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.anneal.events.DeadLetter;
import dev.anneal.schemas.RowCodec.Row;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Things break for real, then what came out is counted.
class IngestFaultsTest {
  private static final int KILLS = 2;
  private static final String READINGS =
      "create table %s (id bigserial primary key, machine_id text, ts bigint, temp float8, vib float8, quality int)";

  @TempDir private static Path directory;
  private static IngestFixture fixture;
  private static int organizations;

  /// Name of this test's organization and of its database.
  private final String acme = "acme-" + ++organizations;

  @BeforeAll
  static void startServers() throws IOException, SQLException {
    fixture = new IngestFixture(directory);
    fixture.createControlTables();
  }

  @AfterAll
  static void stopServers() throws IOException {
    fixture.close();
  }

  @BeforeEach
  void define() throws SQLException {
    fixture.postgres().createDatabase(acme);
    fixture.execute(acme, READINGS.formatted("readings"));
    fixture.define(acme, fixture.organization(acme, acme, "readings.*"));
  }

  @AfterEach
  void stopIngest() throws SQLException {
    fixture.stopIngest();
    fixture.execute(
        IngestFixture.APP, "delete from control.organization"); // found gone at the next start
  }

  private String slot() {
    return CapturePlan.slot(acme);
  }

  private List<DeadLetter> lostSlots() {
    return fixture.deadLetters("slot-lost").stream()
        .filter(l -> acme.equals(l.getOrganization()))
        .toList();
  }

  /// Row n is the only one with `vib` n.
  private void insert(String table, int from, int to) throws SQLException {
    fixture.execute(
        acme,
        """
        insert into %s (machine_id, ts, temp, vib, quality)
        select 'm' || n %% 5, 1772359200000 + n * 1000, 50, n, 192 from generate_series(%d, %d) n
        """
            .formatted(table, from, to));
  }

  private void awaitRows(int last) {
    await()
        .pollInterval(Duration.ofMillis(300))
        .untilAsserted(
            () ->
                assertThat(numbers())
                    .isEqualTo(new TreeSet<>(IntStream.rangeClosed(1, last).boxed().toList())));
  }

  private TreeSet<Integer> numbers() {
    var numbers = new TreeSet<Integer>();
    rows().forEach(row -> numbers.add((int) row.values()[1]));
    return numbers;
  }

  private List<Row> rows() {
    return fixture.telemetry(acme).stream().map(ConsumerRecord::value).toList();
  }

  /// Every copy of a row says the same, LSN included.
  private void assertDuplicatesAreExact() {
    Map<Double, Row> byNumber = new HashMap<>();
    for (Row row : rows()) {
      Row before = byNumber.putIfAbsent(row.values()[1], row);
      assertThat(row).isEqualTo(before == null ? row : before);
    }
  }

  private void awaitRunning() {
    await()
        .untilAsserted(
            () ->
                assertThat(fixture.bean(Captures.class).states().get(acme))
                    .isInstanceOf(CaptureState.Running.class));
  }

  @Test
  void noRowIsLostWhenPostgresIsKilled() throws SQLException, IOException {
    // Given
    insert("readings", 1, 100);
    fixture.startIngest();
    awaitRows(100);
    insert("readings", 101, 300);

    // When PostgreSQL dies with all its children, and is started again on the same data
    ProcessHandle postmaster = ProcessHandle.of(fixture.postgres().postmasterPid()).orElseThrow();
    var children = postmaster.children().toList();
    postmaster.destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
    await()
        .until(() -> !postmaster.isAlive() && children.stream().noneMatch(ProcessHandle::isAlive));
    await().ignoreExceptions().until(() -> !fixture.query("postgres", "select 1").isEmpty());
    insert("readings", 301, 400);

    // Then
    awaitRows(400);
    assertDuplicatesAreExact();
    assertThat(lostSlots()).isEmpty();
    // and definitions still come through
    fixture.define("later", fixture.organization("later", acme, "readings"));
    await().untilAsserted(() -> assertThat(fixture.definitions()).containsKey("later"));
  }

  @Test
  void noRowIsLostWhenIngestIsKilledAgainAndAgain()
      throws IOException, SQLException, InterruptedException {
    Path log = directory.resolve("ingest.log");
    int last = 0;
    try (var registry = fixture.registryServer()) {
      for (int kill = 0; kill < KILLS; kill++) {
        // Given rows from before its start, and rows that come while it reads them
        insert("readings", last + 1, last + 2_000);
        Process ingest = fixture.startIngestProcess(registry, log);
        try {
          int before = last;
          await().until(() -> !numbers().tailSet(before + 1).isEmpty());
          insert("readings", last + 2_001, last + 4_000);
          last += 4_000;
        } finally {
          // When kill -9
          ingest.destroyForcibly().waitFor();
        }
      }
    }
    fixture.startIngest();

    // Then
    awaitRows(last);
    assertThat(lostSlots()).isEmpty();
    assertThat(rows()).hasSizeLessThan(last * 2);
  }

  @Test
  void noRowIsLostWhenIngestStopsAndStartsAgain() throws SQLException {
    // Given
    fixture.startIngest();
    awaitRunning();
    insert("readings", 1, 1_000);
    await().until(() -> !rows().isEmpty());

    // When it stops in the middle, and a table appears and an organization goes while it is down
    fixture.define("short", fixture.organization("short", acme, "readings"));
    await().untilAsserted(() -> assertThat(slots()).contains("anneal_scada_short"));
    fixture.stopIngest();
    insert("readings", 1_001, 1_500);
    fixture.execute(acme, READINGS.formatted("readings_2"));
    insert("readings_2", 1_501, 1_600);
    fixture.execute(IngestFixture.APP, "delete from control.organization where name = 'short'");
    fixture.startIngest();

    // Then
    awaitRows(1_600);
    insert("readings", 1_601, 1_602);
    insert("readings_2", 1_603, 1_604);
    awaitRows(1_604);
    assertDuplicatesAreExact();
    assertThat(rows()).hasSizeLessThan(1_604 + 1_000);
    await().untilAsserted(() -> assertThat(slots()).doesNotContain("anneal_scada_short"));
    assertThat(lostSlots()).isEmpty();
  }

  private List<String> slots() throws SQLException {
    return fixture.query("postgres", "select slot_name from pg_replication_slots");
  }

  @Test
  void aLostSlotIsToldAndEverythingIsReadAgain() throws SQLException {
    // Given
    fixture.startIngest();
    insert("readings", 1, 50);
    awaitRows(50);
    fixture.stopIngest();

    // When
    fixture.query(acme, "select pg_drop_replication_slot('%s')::text".formatted(slot()));
    insert("readings", 51, 60);
    fixture.startIngest();

    // Then
    awaitRows(60);
    assertThat(fixture.deadLetters("slot-lost"))
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.getOrganization()).isEqualTo(acme);
              assertThat(letter.getReason())
                  .contains("does not exist any more; everything is read again");
            });

    // When somebody moves the slot past rows that were not delivered
    fixture.stopIngest();
    insert("readings", 61, 70);
    fixture.query(
        acme,
        "select end_lsn::text from pg_replication_slot_advance('%s', pg_current_wal_lsn())"
            .formatted(slot()));
    fixture.startIngest();

    // Then
    awaitRows(70);
    assertThat(lostSlots())
        .hasSize(2)
        .last()
        .satisfies(letter -> assertThat(letter.getReason()).contains("was moved on to"));
  }

  @Test
  void aQuietDatabaseDoesNotHoldItsLogBack() throws SQLException {
    // Given
    fixture.startIngest();
    awaitRunning();
    fixture.postgres().createDatabase("busy");
    fixture.execute("busy", "create table t as select generate_series(1, 10000) n");

    // When
    String position = fixture.query("postgres", "select pg_current_wal_lsn()::text").getFirst();

    // Then
    await()
        .untilAsserted(
            () ->
                assertThat(
                        fixture.query(
                            "postgres",
                            "select slot_name from pg_replication_slots where confirmed_flush_lsn < '%s'"
                                .formatted(position)))
                    .isEmpty());
  }

  @Test
  void aSecondIngestTakesOverWhenTheFirstStops() throws SQLException {
    // Given
    fixture.startIngest();
    insert("readings", 1, 10);
    awaitRows(10);

    // When
    try (var second = fixture.startAnotherIngest()) {
      var states = second.getBean(Captures.class);
      await()
          .untilAsserted(
              () ->
                  assertThat(states.states().get(acme))
                      .isInstanceOfSatisfying(
                          CaptureState.Waiting.class,
                          w -> assertThat(w.code()).isEqualTo(CaptureException.Code.SLOT_IN_USE)));
      fixture.stopIngest();
      insert("readings", 11, 20);

      // Then
      awaitRows(20);
      assertThat(rows()).hasSize(20);
      assertThat(states.states().get(acme)).isInstanceOf(CaptureState.Running.class);
    }
  }

  @Test
  void tablesWithoutAKeyStayUpdatableAtTheSource() throws SQLException {
    // Given a table whose updates PostgreSQL refuses to publish
    fixture.execute(
        acme,
        "create table readings_log (machine_id text, ts bigint, temp float8, vib float8, quality int)");
    insert("readings_log", 1, 3);
    fixture.startIngest();
    awaitRows(3);

    // When
    fixture.execute(acme, "update readings_log set temp = 1");
    fixture.execute(acme, "delete from readings_log where vib = 1");
    insert("readings_log", 4, 5);

    // Then
    awaitRows(5);
  }

  @Test
  void anOrganizationMayMoveToAnotherDatabase() throws SQLException {
    // Given
    fixture.startIngest();
    insert("readings", 1, 5);
    awaitRows(5);

    // When
    fixture.postgres().createDatabase("moved");
    fixture.execute("moved", READINGS.formatted("readings"));
    fixture.execute(
        "moved",
        "insert into readings (machine_id, ts, temp, vib, quality) values ('m', 1772359200000, 50, 6, 192)");
    fixture.define(acme, fixture.organization(acme, "moved", "readings"));

    // Then
    awaitRows(6);
    assertThat(
            fixture.query(
                "postgres",
                "select database from pg_replication_slots where slot_name = '%s'"
                    .formatted(slot())))
        .containsExactly("moved");
    await()
        .untilAsserted(
            () -> assertThat(fixture.query(acme, "select pubname from pg_publication")).isEmpty());
  }
}
