package dev.anneal.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.anneal.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever tables are like, the source's own writes go through, and what is not published is
/// reported.
class PublicationTest {
  private static final Set<String> READINGS = Set.of("readings");

  @TempDir private static Path directory;
  private static EmbeddedPostgres postgres;

  private Connection connection;
  private Publication publication;

  @BeforeAll
  static void start() throws IOException {
    postgres = EmbeddedPostgres.start(directory);
    postgres.createDatabase("source");
  }

  @AfterAll
  static void stop() throws IOException {
    postgres.close();
  }

  @BeforeEach
  void connect() throws SQLException {
    connection = DriverManager.getConnection(postgres.jdbcUrl("source"));
    publication = new Publication(connection, "anneal_scada_acme", "public");
  }

  @AfterEach
  void clean() throws SQLException {
    execute("drop publication if exists anneal_scada_acme");
    execute("drop schema public cascade; create schema public");
    connection.close();
  }

  private void execute(String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private String published() throws SQLException {
    try (var statement = connection.createStatement();
        var row =
            statement.executeQuery(
                """
                select concat_ws(' ', case when pubinsert then 'insert' end, case when pubupdate then 'update' end,
                  case when pubdelete then 'delete' end, case when pubtruncate then 'truncate' end,
                  case when pubgencols = 's' then 'generated' end)
                from pg_publication
                """)) {
      assertThat(row.next()).isTrue();
      return row.getString(1);
    }
  }

  private void assertSourceCanWrite() {
    assertThatCode(
            () ->
                execute(
                    """
                    insert into readings (id, temp) values (1, 1), (2, 2);
                    update readings set temp = temp + 1;
                    delete from readings
                    """))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "create table readings (id int primary key, temp float8)",
        "create table readings (id int, temp float8); alter table readings replica identity full",
        "create table readings (id int not null, temp float8, constraint k unique (id));"
            + "alter table readings replica identity using index k",
        "create table readings (id int primary key, temp float8) partition by range (id);"
            + "create table readings_1 partition of readings for values from (0) to (9)",
      })
  void changesOfTablesWithAnIdentityArePublished(String tables) throws SQLException {
    execute(tables);

    assertThat(publication.look(READINGS).publish()).isEmpty();

    assertThat(published()).isEqualTo("insert update delete truncate");
    assertSourceCanWrite();
    assertThat(publication.look(READINGS).publish()).as("nothing is left to change").isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "create table readings (id int, temp float8)",
        "create table readings (id int primary key deferrable, temp float8)",
        "create table readings (id int primary key, temp float8); alter table readings replica identity nothing",
        "create table readings (id int not null, temp float8, constraint k unique (id));"
            + "alter table readings replica identity using index k; alter table readings drop constraint k",
        "create table readings (id int, temp float8, f float8 generated always as (temp * 2) virtual);"
            + "alter table readings replica identity full",
        // the partitions' own identity counts
        "create table readings (id int, temp float8) partition by range (id);"
            + "create table readings_1 partition of readings for values from (0) to (9);"
            + "alter table readings replica identity full",
      })
  void onlyInsertsOfOthersArePublished(String tables) throws SQLException {
    execute(tables);

    publication.look(READINGS).publish();

    assertThat(published()).isEqualTo("insert");
    assertSourceCanWrite();
    assertThat(publication.look(READINGS).publish()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "create table readings (id int, temp float8, f float8 generated always as (temp * 2) stored);"
            + "alter table readings replica identity full",
        "create table readings (id int, temp float8, f int generated always as (id * 2) stored primary key)",
      })
  void storedGeneratedColumnsArePublished(String tables) throws SQLException {
    execute(tables);

    publication.look(READINGS).publish();

    assertThat(published()).isEqualTo("insert update delete truncate generated");
    assertSourceCanWrite();
    assertThat(publication.look(READINGS).publish()).isEmpty();
  }

  @Test
  void aGeneratedColumnThatIsAddedIsPublishedFromThenOn() throws SQLException {
    execute("create table readings (id int, temp float8)");
    execute("alter table readings replica identity full");
    publication.look(READINGS).publish();
    execute("alter table readings add f float8 generated always as (temp * 2) stored");

    assertThat(publication.look(READINGS).publish()).contains("options of publication");

    assertThat(published()).endsWith("generated");
    assertSourceCanWrite();
  }

  @Test
  void aKeyThatGoesAndComesIsFollowedAndReported() throws SQLException {
    execute("create table readings (id int constraint k primary key, temp float8)");
    publication.look(READINGS).publish();

    execute("alter table readings drop constraint k");
    assertThat(publication.look(READINGS).publish())
        .contains("only inserts")
        .contains("[readings]");
    assertSourceCanWrite();

    execute("alter table readings add constraint k primary key (id)");
    assertThat(publication.look(READINGS).publish()).contains("updates and deletes again");
    assertThat(published()).isEqualTo("insert update delete truncate");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "for table readings where (temp > 0)",
        "for table readings (id, temp), failures",
        "for table readings (id, temp) where (id > 0)"
      })
  void whatAPublicationLeavesOutIsReportedWithTheSqlThatHasIt(String tables) throws SQLException {
    execute("create table readings (id int primary key, temp float8, site text)");
    execute("create table failures (id int)");
    execute("create publication anneal_scada_acme " + tables + " with (publish = 'insert')");

    String leftOut = publication.look(READINGS).leftOut();
    assertThat(leftOut).contains("leaves out");

    execute(leftOut.substring(leftOut.indexOf("alter publication")));
    assertThat(publication.look(READINGS).leftOut()).isEmpty();
    publication.look(READINGS).publish();
    assertThat(published()).isEqualTo("insert update delete truncate");
  }

  @Test
  void filtersOfOtherTablesAreNoMatter() throws SQLException {
    execute("create role administrator");
    execute("create table readings (id int primary key, temp float8)");
    execute("create table other (id int primary key)");
    execute(
        "create publication anneal_scada_acme for table readings, other where (id > 0)"
            + " with (publish_via_partition_root = true)");
    execute("alter publication anneal_scada_acme owner to administrator");

    assertThat(publication.look(READINGS).statements()).isEmpty();
    assertThat(publication.look(READINGS).leftOut()).isEmpty();
    assertThat(publication.isOwned()).isFalse();

    execute("drop publication anneal_scada_acme; drop role administrator");
  }

  @Test
  void aPublicationOfAllTablesStaysAsItIs() throws SQLException {
    execute("create table readings (id int primary key, temp float8)");
    execute(
        "create publication anneal_scada_acme for all tables with (publish_via_partition_root = true)");

    assertThat(publication.look(READINGS).publish()).isEmpty();
    assertThat(publication.isOwned()).isFalse();
  }
}
