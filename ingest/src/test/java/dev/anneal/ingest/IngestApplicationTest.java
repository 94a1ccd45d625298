package dev.anneal.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.anneal.events.OrganizationDefinition;
import dev.anneal.schemas.RowCodec.Quality;
import dev.anneal.schemas.RowCodec.Row;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The stage as it runs, on a real broker and a real PostgreSQL; every test has an organization of
/// its own.
class IngestApplicationTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String READINGS =
      """
      create table readings (
        id bigserial primary key, machine_id text, ts timestamptz, temp double precision, vib %s, quality text);
      create table failures (id serial primary key, machine_id text, failed_at timestamp, remark text);
      """;

  @TempDir private static Path directory;
  private static IngestFixture fixture;

  @BeforeAll
  static void start() throws IOException, SQLException {
    fixture = new IngestFixture(directory);
    fixture.startIngest(); // before control has made its tables
    fixture.createControlTables();
  }

  @AfterAll
  static void stop() throws IOException {
    fixture.close();
  }

  private static void scada(String database, String vibrationType) throws SQLException {
    fixture.postgres().createDatabase(database);
    fixture.execute(database, READINGS.formatted(vibrationType));
  }

  @Test
  void rowsOfAScadaDatabaseBecomeTelemetry() throws SQLException {
    // Given history from before the organization was defined
    scada("acme", "real");
    fixture.execute(
        "acme",
        "insert into readings (machine_id, ts, temp, vib) values ('pump-1', '2026-03-01 10:00:00Z', 212, 0.5)");

    long before = System.currentTimeMillis();

    // When
    fixture.define("acme", fixture.organization("acme", "acme", "readings"));
    await().untilAsserted(() -> assertThat(fixture.telemetry("acme")).hasSize(1));
    fixture.execute(
        "acme",
        """
        insert into readings (machine_id, ts, temp, vib, quality)
        values ('pump-2', '2031-01-01 00:00:00.123456Z', 32, null, 'bad');
        insert into failures (machine_id, failed_at, remark) values ('pump-1', '2026-03-02 08:00:00', 'bearing');
        """);
    fixture.execute("acme", "update readings set temp = 50 where machine_id = 'pump-2'");
    fixture.execute("acme", "delete from readings where machine_id = 'pump-1'");

    // Then
    await().untilAsserted(() -> assertThat(fixture.telemetry("acme")).hasSize(3));
    var rows = fixture.telemetry("acme").stream().filter(r -> r.key().equals("pump-2")).toList();
    Row inserted = rows.getFirst().value();
    Row corrected = rows.getLast().value();
    long eventTime = Instant.parse("2031-01-01T00:00:00Z").toEpochMilli() * 1_000 + 123_456;
    assertThat(inserted.eventTimeMicros()).isEqualTo(eventTime);
    assertThat(rows.getFirst().timestamp()).isEqualTo(eventTime / 1_000);
    assertThat(inserted.knownTimeMicros() / 1_000).isBetween(before, System.currentTimeMillis());
    assertThat(inserted.quality()).isEqualTo(Quality.BAD);
    assertThat(inserted.values()).containsExactly(0, Double.NaN);
    assertThat(corrected.values()).containsExactly(10, Double.NaN);
    assertThat(corrected.eventTimeMicros()).isEqualTo(eventTime);
    assertThat(corrected.lsn()).isGreaterThan(inserted.lsn());
    await().untilAsserted(() -> assertThat(fixture.outcomes("acme", "progress")).isNotEmpty());
    var failure = fixture.outcomes("acme", "failure");
    assertThat(failure)
        .extracting(record -> record.value().getEventTime())
        .containsExactly(Instant.parse("2026-03-02T08:00:00Z"));
    assertThat(fixture.outcomes("acme", "progress"))
        .as("each partition is told that the failure's commit was sent")
        .anyMatch(record -> record.partition() == failure.getFirst().partition())
        .allMatch(
            record ->
                !record.value().getKnownTime().isBefore(failure.getFirst().value().getKnownTime()));
    await().untilAsserted(() -> assertThat(fixture.deadLetters("row-deleted")).hasSize(1));
    assertThat(fixture.definitions().get("acme").getDefinition())
        .isInstanceOf(OrganizationDefinition.class);
  }

  @Test
  void textInANumberColumnIsADeadLetterAndTheNextRowArrives() throws SQLException {
    // Given a plant that stores a measurement as text
    scada("texts", "text");
    fixture.execute("texts", "alter table readings add column operator text");
    fixture.define("texts", fixture.organization("texts", "texts", "readings"));

    // When
    fixture.execute(
        "texts",
        "insert into readings (machine_id, ts, temp, vib, operator) values ('m', now(), 1, 'n/a', 'Ada')");
    fixture.execute(
        "texts",
        "insert into readings (machine_id, ts, temp, vib) values ('m', now(), 'Infinity', null)");
    fixture.execute(
        "texts", "insert into readings (machine_id, ts, temp, vib) values ('m', now(), 50, null)");

    // Then
    await().untilAsserted(() -> assertThat(fixture.telemetry("texts")).hasSize(1));
    assertThat(fixture.telemetry("texts").getFirst().value().values())
        .containsExactly(10, Double.NaN);
    var letter = fixture.deadLetters("not-a-number").getFirst();
    assertThat(letter.getOrganization()).isEqualTo("texts");
    assertThat(letter.getTopic()).isEqualTo("public.readings");
    assertThat(letter.getReason()).isEqualTo("column `vib`: `n/a` is not a number");
    assertThat(new String(letter.getValue().array()))
        .contains("\"vib\":\"n/a\"", "\"operator\":\"Ada\"");
    assertThat(fixture.deadLetters("infinite-value")).hasSize(1);
    var unmapped =
        fixture.deadLetters("unmapped-column").stream()
            .filter(l -> l.getOrganization().equals("texts"));
    assertThat(unmapped)
        .singleElement()
        .satisfies(l -> assertThat(l.getReason()).contains("`operator`"));
  }

  @Test
  void rowsWithoutAssetOrTimeAreDeadLettersAndOldRowsAreTelemetry() throws SQLException {
    // Given
    scada("holes", "real");
    fixture.define("holes", fixture.organization("holes", "holes", "readings"));

    // When
    fixture.execute(
        "holes",
        """
        insert into readings (machine_id, ts, temp) values
          (null, '2026-03-01 10:00:00Z', 1), ('m', null, 2), ('m', '2026-03-01 10:00:00Z', 3),
          ('m', '1999-03-01 10:00:00Z', 4)
        """);

    // Then
    await().untilAsserted(() -> assertThat(fixture.telemetry("holes")).hasSize(2));
    assertThat(fixture.deadLetters("missing-asset"))
        .singleElement()
        .satisfies(l -> assertThat(l.getReason()).isEqualTo("column `machine_id` is empty"));
    assertThat(fixture.deadLetters("missing-time"))
        .singleElement()
        .satisfies(l -> assertThat(new String(l.getValue().array())).contains("\"temp\":2"));
  }

  @Test
  void aBrokenDefinitionIsADeadLetterAndTheNextOneGoesThrough() throws SQLException {
    // Given
    scada("good", "real");

    // When
    fixture.define("broken", "{\"name\": \"broken\", \"source\": {\"host\": 7}}");
    fixture.define("good", fixture.organization("good", "good", "readings"));

    // Then
    await().untilAsserted(() -> assertThat(fixture.definitions()).containsKey("good"));
    assertThat(fixture.definitions()).doesNotContainKey("broken");
    assertThat(fixture.deadLetters("bad-definition"))
        .anySatisfy(
            letter -> {
              assertThat(letter.getOrganization()).isEqualTo("broken");
              assertThat(letter.getReason()).isEqualTo("source.host: expected string, found 7");
            });
  }

  @Test
  void aNewTableThatMatchesJoinsWithItsOlderRows() throws SQLException {
    // Given
    scada("monthly", "real");
    fixture.define("monthly", fixture.organization("monthly", "monthly", "readings.*"));
    fixture.execute(
        "monthly", "insert into readings (machine_id, ts, temp) values ('m', now(), 1)");
    await().untilAsserted(() -> assertThat(fixture.telemetry("monthly")).hasSize(1));

    // When
    fixture.execute("monthly", "create table readings_04 (like readings including all)");
    fixture.execute(
        "monthly", "insert into readings_04 (machine_id, ts, temp) values ('m4', now(), 2)");
    fixture.execute(
        "monthly", "insert into readings_04 (machine_id, ts, temp) values ('m4', now(), 3)");

    // Then
    await()
        .untilAsserted(
            () ->
                assertThat(fixture.telemetry("monthly"))
                    .filteredOn(r -> r.key().equals("m4"))
                    .hasSizeGreaterThanOrEqualTo(2));
    fixture.execute(
        "monthly", "insert into readings_04 (machine_id, ts, temp) values ('m5', now(), 4)");
    await()
        .untilAsserted(
            () -> assertThat(fixture.telemetry("monthly")).anyMatch(r -> r.key().equals("m5")));
    fixture.execute(
        "monthly", "insert into readings (machine_id, ts, temp) values ('m6', now(), 4)");
    await()
        .untilAsserted(
            () -> assertThat(fixture.telemetry("monthly")).anyMatch(r -> r.key().equals("m6")));
  }

  @Test
  void olderRowsComeInTheOrderOfTheirTimes() throws SQLException {
    // Given tables whose pages are in the opposite order, one there from the start
    String reversed =
        """
        insert into %s (machine_id, ts, temp)
        select 'm', timestamptz '2026-03-01 00:00:00Z' + i * interval '1 min', i from generate_series(%d, %d, -1) i
        """;
    scada("reversed", "real");
    fixture.execute("reversed", reversed.formatted("readings", 50, 1));

    // When
    fixture.define("reversed", fixture.organization("reversed", "reversed", "readings.*"));
    await().untilAsserted(() -> assertThat(fixture.telemetry("reversed")).hasSize(50));
    fixture.execute(
        "reversed",
        "begin; create table \"readings_B\" (like readings including all);"
            + reversed.formatted("\"readings_B\"", 100, 51)
            + "; commit");

    // Then
    await().untilAsserted(() -> assertThat(fixture.telemetry("reversed")).hasSize(100));
    assertThat(fixture.telemetry("reversed"))
        .extracting(r -> r.value().eventTimeMicros())
        .isSorted();
  }

  @Test
  void aRemovedOrganizationLeavesNoSlot() throws SQLException {
    // Given
    scada("gone", "real");
    fixture.define("gone", fixture.organization("gone", "gone", "readings"));
    await().untilAsserted(() -> assertThat(slots("gone")).containsExactly("anneal_scada_gone"));

    // When
    fixture.execute(IngestFixture.APP, "delete from control.organization where name = 'gone'");

    // Then
    await().untilAsserted(() -> assertThat(slots("gone")).isEmpty());
    await()
        .untilAsserted(
            () ->
                assertThat(fixture.query("gone", "select pubname from pg_publication")).isEmpty());
    assertThat(fixture.definitions()).containsEntry("gone", null);
    await()
        .untilAsserted(
            () ->
                assertThat(fixture.query(IngestFixture.APP, "select engine from ingest.source"))
                    .noneMatch(e -> e.contains("gone")));
  }

  @Test
  void aDatabaseThatWasNeverReachedLeavesNothingToRemove() throws SQLException {
    // Given a definition with a wrong host, corrected
    String document = fixture.organization("typo", "typo", "readings");
    fixture.define("typo", document.replace("127.0.0.1", "scada.invalid"));
    await().untilAsserted(() -> assertThat(fixture.alerts("typo")).hasSize(1));
    assertThat(fixture.alerts("typo").getFirst().getMessage())
        .isEqualTo("the host scada.invalid is not known");
    scada("typo", "real");

    // When
    fixture.define("typo", document);

    // Then
    await().untilAsserted(() -> assertThat(slots("typo")).containsExactly("anneal_scada_typo"));
    assertThat(fixture.query(IngestFixture.APP, "select engine from ingest.source"))
        .noneMatch(engine -> engine.contains("scada.invalid"))
        .anyMatch(engine -> engine.contains("/typo@127.0.0.1"));
  }

  private static List<String> slots(String database) throws SQLException {
    return fixture.query(
        "postgres",
        "select slot_name from pg_replication_slots where database = '%s'".formatted(database));
  }

  @Test
  void allRightsAUserLacksAreNamedAtOnceWithTheSqlThatGivesThem() throws SQLException {
    // Given a user who may connect and nothing else
    scada("narrow", "real");
    fixture.execute(
        "narrow",
        "create role \"SCADA reader\" login password '%s'"
            .formatted(fixture.postgres().password()));
    fixture.execute("narrow", "revoke usage on schema public from public");
    fixture.define(
        "narrow",
        fixture
            .organization("narrow", "narrow", "readings")
            .replace("\"user\": \"postgres\"", "\"user\": \"SCADA reader\""));

    // When
    await().untilAsserted(() -> assertThat(fixture.alerts("narrow")).hasSize(1));
    String message = fixture.alerts("narrow").getFirst().getMessage();

    // Then
    assertThat(message)
        .endsWith(
            """
            runs: alter role "SCADA reader" replication; \
            grant usage on schema public to "SCADA reader"; \
            grant select on public.failures to "SCADA reader"; \
            grant select on public.readings to "SCADA reader"; \
            create publication "anneal_scada_narrow" for table "public"."failures", "public"."readings" \
            with (publish = 'insert, update, delete, truncate', publish_via_partition_root = true);""");
    fixture.execute("narrow", message.substring(message.indexOf("runs: ") + "runs: ".length()));
    fixture.execute("narrow", "insert into readings (machine_id, ts, temp) values ('m', now(), 1)");
    await().untilAsserted(() -> assertThat(fixture.telemetry("narrow")).hasSize(1));

    // When a table of the definition is mistyped, then that is what is wrong, and not the rights
    fixture.define(
        "narrow",
        fixture
            .organization("narrow", "narrow", "reading")
            .replace("\"user\": \"postgres\"", "\"user\": \"SCADA reader\""));
    await()
        .untilAsserted(
            () ->
                assertThat(fixture.alerts("narrow"))
                    .filteredOn(alert -> alert.getKind().equals("SOURCE_TABLES_MISSING"))
                    .singleElement()
                    .satisfies(
                        alert ->
                            assertThat(alert.getMessage())
                                .contains("no table `reading` (did you mean `readings`?);")));
    assertThat(fixture.query("narrow", "select tablename from pg_publication_tables order by 1"))
        .containsExactly("failures", "readings");

    // and when the organization goes, the slot goes and the administrator's publication stays
    fixture.execute(IngestFixture.APP, "delete from control.organization where name = 'narrow'");
    await().untilAsserted(() -> assertThat(slots("narrow")).isEmpty());
    await()
        .untilAsserted(
            () ->
                assertThat(fixture.query(IngestFixture.APP, "select engine from ingest.source"))
                    .noneMatch(engine -> engine.contains("narrow")));
    assertThat(fixture.query("narrow", "select pubname from pg_publication")).hasSize(1);
  }

  @Test
  void aSourceThatCannotBeCapturedHasOneAlertUntilItCan() throws SQLException {
    // Given a database that is not there yet
    fixture.define("absent", fixture.organization("absent", "absent", "readings"));
    await().untilAsserted(() -> assertThat(fixture.alerts("absent")).hasSize(1));
    var raised = fixture.alerts("absent").getFirst();
    fixture.stopIngest();
    fixture.startIngest();

    // When
    scada("absent", "real");

    // Then
    await().untilAsserted(() -> assertThat(fixture.alerts("absent")).hasSize(2));
    assertThat(raised.getKind()).isEqualTo("SOURCE_DATABASE_UNKNOWN");
    assertThat(raised.getMessage()).contains("database \"absent\" does not exist");
    assertThat(raised.getResolvedAt()).isNull();
    var resolved = fixture.alerts("absent").getLast();
    assertThat(resolved.getAlertId()).isEqualTo(raised.getAlertId());
    assertThat(resolved.getResolvedAt()).isAfter(raised.getRaisedAt());
  }

  @Test
  void aMissingTableIsToldWhileTheOtherIsCaptured() throws SQLException {
    // Given a source with outcomes and without measurements
    scada("half", "real");
    fixture.execute("half", "alter table readings rename to readings_old");
    fixture.define("half", fixture.organization("half", "half", "readings"));
    fixture.execute("half", "insert into failures (machine_id, failed_at) values ('m', now())");
    await().untilAsserted(() -> assertThat(fixture.alerts("half")).hasSize(1));
    await().untilAsserted(() -> assertThat(fixture.outcomes("half", "failure")).isNotEmpty());
    var raised = fixture.alerts("half").getFirst();

    // When
    fixture.execute("half", "alter table readings_old rename to readings");

    // Then
    await().untilAsserted(() -> assertThat(fixture.alerts("half")).hasSize(2));
    assertThat(raised.getKind()).isEqualTo("SOURCE_TABLES_MISSING");
    assertThat(raised.getMessage()).contains("no table `readings`;");
    var resolved = fixture.alerts("half").getLast();
    assertThat(resolved.getAlertId()).isEqualTo(raised.getAlertId());
    assertThat(resolved.getResolvedAt()).isNotNull();
  }

  @Test
  void wrongCredentialsAreToldOnceAndTriedAgain() throws SQLException {
    // Given
    scada("locked", "real");
    String document =
        fixture
            .organization("locked", "locked", "readings")
            .replace("\"port\"", "\"passwordEnv\": \"ANNEAL_SOURCE_LOCKED__PASSWORD\", \"port\"");

    // When
    fixture.define("locked", document);

    // Then
    await()
        .untilAsserted(() -> assertThat(fixture.deadLetters("source-password-unset")).hasSize(1));
    await()
        .untilAsserted(
            () ->
                assertThat(fixture.bean(Captures.class).states().get("locked"))
                    .isInstanceOfSatisfying(
                        CaptureState.Waiting.class,
                        w -> assertThat(w.failures()).isGreaterThan(2)));
    assertThat(fixture.deadLetters("source-password-unset")).hasSize(1);
    fixture.define("locked", fixture.organization("locked", "locked", "readings"));
    await()
        .untilAsserted(
            () ->
                assertThat(fixture.bean(Captures.class).states().get("locked"))
                    .isInstanceOf(CaptureState.Running.class));
  }

  /// As a release that checked less has stored it.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "env  | \"passwordEnv\": \"PATH\" | scadaDbConfig.passwordEnv of env must be one of the organization's own variables: ANNEAL_SOURCE_ENV__ and a name such as PASSWORD; change the definition and apply it again",
        "file | \"passwordFile\": \"/etc/passwd\" | scadaDbConfig.passwordFile of file must be the name of a file in the organization's own directory below ingest's secrets directory: letters, digits and _ . -, no path; change the definition and apply it again"
      })
  void aStoredDefinitionThatNamesAnothersSecretIsRefused(
      String organization, String password, String message) throws SQLException {
    // Given
    scada(organization, "real");
    fixture.execute(
        organization,
        "insert into readings (machine_id, ts, temp) values ('p', '2026-03-01 10:00:00Z', 1)");
    String good = fixture.organization(organization, organization, "readings");

    // When
    fixture.define(organization, good.replace("\"passwordFile\": \"password\"", password));

    // Then
    await().untilAsserted(() -> assertThat(fixture.alerts(organization)).isNotEmpty());
    assertThat(fixture.alerts(organization).getFirst().getKind()).isEqualTo("SOURCE_FORBIDDEN");
    assertThat(fixture.deadLetters("source-forbidden"))
        .filteredOn(letter -> organization.equals(letter.getOrganization()))
        .singleElement()
        .satisfies(letter -> assertThat(letter.getReason()).isEqualTo(message));
    assertThat(fixture.telemetry(organization)).isEmpty();
    fixture.define(organization, good);
    await().untilAsserted(() -> assertThat(fixture.telemetry(organization)).isNotEmpty());
  }
}
