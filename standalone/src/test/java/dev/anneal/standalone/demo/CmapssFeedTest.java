package dev.anneal.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CmapssFeedTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir private static Path servers;
  private static EmbeddedPostgres postgres;
  @TempDir private Path data;
  private ScadaServer server;

  @BeforeAll
  static void startPostgres() throws IOException {
    postgres = EmbeddedPostgres.start(servers);
  }

  @AfterAll
  static void stopPostgres() throws IOException {
    postgres.close();
  }

  /// Three engines in one file as NASA ships it, one in a gzipped file.
  @BeforeEach
  void writeData() throws IOException, SQLException {
    server = new ScadaServer(postgres, postgres.port(), data);
    Files.writeString(data.resolve("train_FD001.txt"), engine(1, 5) + engine(2, 7) + engine(3, 4));
    try (var zipped =
        new GZIPOutputStream(Files.newOutputStream(data.resolve("train_FD003.txt.gz")))) {
      zipped.write(engine(1, 6).getBytes(StandardCharsets.US_ASCII));
    }
    server.jdbcUrl(CmapssFeed.ORGANIZATION);
    try (var connection = DriverManager.getConnection(postgres.jdbcUrl(CmapssFeed.ORGANIZATION));
        var statement = connection.createStatement()) {
      statement.execute("drop table if exists engine_cycles, engine_failures");
      statement.execute("drop schema if exists simulator cascade");
    }
  }

  /// NASA's columns: unit, cycle, 3 settings, 21 sensors.
  private static String engine(int unit, int cycles) {
    var lines = new StringBuilder();
    for (int cycle = 1; cycle <= cycles; cycle++) {
      lines.append("%d %d ".formatted(unit, cycle));
      lines
          .append(String.join(" ", Collections.nCopies(23, "0.5")))
          .append(" %d  \n".formatted(100 * unit + cycle));
    }
    return lines.toString();
  }

  private long count(String query) throws SQLException {
    try (var connection = DriverManager.getConnection(postgres.jdbcUrl(CmapssFeed.ORGANIZATION));
        var statement = connection.createStatement();
        var result = statement.executeQuery(query)) {
      result.next();
      return result.getLong(1);
    }
  }

  @Test
  void everyCycleIsARowAndTheEndOfARunAFailureAnHourLater() throws Exception {
    try (var feed = new CmapssFeed(CmapssData.read(data), server, START)) {
      feed.writeUntil(START.plus(Duration.ofDays(60)));

      assertThat(feed.exhausted()).isTrue();
    }
    assertThat(count("select count(*) from engine_cycles")).isEqualTo(5 + 7 + 4 + 6);
    assertThat(count("select count(*) from engine_failures")).isEqualTo(4);
    assertThat(
            count(
                "select count(*) from engine_failures f join (select engine, max(at) as last from engine_cycles"
                    + " group by engine) c using (engine) where f.at = c.last + interval '1 hour'"))
        .isEqualTo(4);
    assertThat(
            count(
                "select s21::bigint from engine_cycles where engine = 'FD001-002' order by at limit 1"))
        .isEqualTo(201);
  }

  @Test
  void goesOnWhereAnEarlierRunStopped() throws Exception {
    try (var feed = new CmapssFeed(CmapssData.read(data), server, START)) {
      feed.writeUntil(START.plus(Duration.ofHours(10)));
    }
    try (var feed =
        new CmapssFeed(CmapssData.read(data), server, START.plus(Duration.ofDays(99)))) {
      feed.writeUntil(START.plus(Duration.ofDays(60)));
    }
    assertThat(count("select count(*) from engine_cycles")).isEqualTo(22);
  }

  @Test
  void saysWhichFileIsMissing() throws IOException {
    Files.delete(data.resolve("train_FD001.txt"));

    assertThatThrownBy(() -> CmapssData.read(data))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no train_FD001.txt or train_FD001.txt.gz")
        .hasMessageContaining("there is train_FD003.txt.gz")
        .hasMessageContaining("--data");
  }

  @Test
  void saysWhichLineIsNotOfTheFormat() throws IOException {
    Files.writeString(data.resolve("train_FD001.txt"), engine(1, 2) + "1 3 0.5\n");

    assertThatThrownBy(() -> CmapssData.read(data))
        .isInstanceOf(IOException.class)
        .hasMessage("train_FD001.txt line 3: expected 26 columns, found 3");
  }
}
