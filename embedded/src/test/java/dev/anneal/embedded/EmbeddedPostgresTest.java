package dev.anneal.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresTest {
  private static final Duration LIMIT = Duration.ofSeconds(120);

  @TempDir private Path directory;

  @Test
  void comesBackWithItsRowsOnTheSamePortAfterAKill() throws Exception {
    try (var postgres = EmbeddedPostgres.start(directory)) {
      // Given a row
      execute(postgres, "create table t (x int)", "insert into t values (42)");
      long killed = postmaster(postgres).pid();

      // When its process is killed
      postmaster(postgres).destroyForcibly();

      // Then another has its row, and logical replication is on
      await().atMost(LIMIT).until(() -> postgres.postmasterPid() != killed);
      await()
          .atMost(LIMIT)
          .ignoreExceptions()
          .untilAsserted(() -> assertThat(query(postgres, "select x from t")).isEqualTo("42"));
      assertThat(query(postgres, "show wal_level")).isEqualTo("logical");
    }
  }

  @Test
  void stopsInTheMiddleOfARestart() throws Exception {
    // Given a server that is being started again
    var postgres = EmbeddedPostgres.start(directory);
    var killed = postmaster(postgres);
    killed.destroyForcibly();
    await().atMost(LIMIT).until(() -> !Processes.isRunning(killed));

    // When
    postgres.close();

    // Then none runs on the directory
    assertThat(server().file().running()).isEmpty();
    assertThatThrownBy(() -> query(postgres, "select 1")).isInstanceOf(SQLException.class);
  }

  @Test
  void takesAnotherPortWhereOneIsTakenBetweenItsChoiceAndItsUse() throws Exception {
    // Given a port that is taken as soon as it has been chosen
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var isFirst = new AtomicBoolean(true);
      PortChoice ports =
          () -> {
            if (isFirst.getAndSet(false)) {
              return new HeldPort(ServerSocketChannel.open(), taken.getLocalPort());
            }
            return Ports.preferably().take();
          };

      // When
      try (var postgres = EmbeddedPostgres.start(directory, ports, _ -> {})) {
        // Then
        assertThat(postgres.port()).isNotEqualTo(taken.getLocalPort());
        assertThat(query(postgres, "select 1")).isEqualTo("1");
      }
    }
  }

  @Test
  void aServerLeftBehindIsEndedAlsoWhenItIsFrozen() throws Exception {
    // Given a server without an owner that does not react
    var left = leftBehind();
    signal("STOP", left);

    // When
    EmbeddedPostgres.abort(directory);

    // Then
    assertThat(Processes.isRunning(left)).isFalse();
  }

  @Test
  void theServerOfACopiedDirectoryIsLeftAloneAndTheCopyStarts() throws Exception {
    // Given a directory that is copied while its server runs
    Path original = directory.resolve("original");
    Path copy = directory.resolve("copy");
    try (var postgres = EmbeddedPostgres.start(original)) {
      execute(postgres, "create table t (x int)", "insert into t values (42)", "checkpoint");
      copy(original, copy);

      // When
      var ended = EmbeddedPostgres.endOrphan(copy);

      // Then
      assertThat(ended).isEmpty();
      try (var second = EmbeddedPostgres.start(copy)) {
        assertThat(query(second, "select x from t")).isEqualTo("42");
        assertThat(query(postgres, "select x from t")).isEqualTo("42");
        assertThat(second.port()).isNotEqualTo(postgres.port());
      }
    }
  }

  @Test
  void aProcessThatGotTheIdLaterIsLeftAlone() throws Exception {
    // Given the file of a killed server that names a process of another program
    EmbeddedPostgres.start(directory).close();
    var other =
        new ProcessBuilder("sleep", "600").directory(directory.resolve("data").toFile()).start();
    try {
      Files.writeString(
          directory.resolve("data/postmaster.pid"),
          "%d\n%s\n%d\n5432\n\n127.0.0.1\n0 0\nready\n"
              .formatted(
                  other.pid(),
                  directory.resolve("data"),
                  other.info().startInstant().orElseThrow().getEpochSecond()));

      // When
      EmbeddedPostgres.endOrphan(directory);

      // Then it runs, and so does the server
      assertThat(other.isAlive()).isTrue();
      try (var postgres = EmbeddedPostgres.start(directory)) {
        assertThat(query(postgres, "select 1")).isEqualTo("1");
      }
    } finally {
      other.destroyForcibly();
    }
  }

  @Test
  void asksForAPasswordAlsoWhereTheFirstReleaseTrustedEverybody() throws Exception {
    // Given a directory of the first release: no password, everybody trusted, readable by all
    EmbeddedPostgres.start(directory).close();
    Files.writeString(
        directory.resolve("data/pg_hba.conf"),
        """
        # TYPE  DATABASE        USER            ADDRESS                 METHOD
        local   all             all                                     trust
        host    all             all             127.0.0.1/32            trust
        host    replication     all             127.0.0.1/32            trust
        """);
    String first = Files.readString(directory.resolve("password"));
    Files.delete(directory.resolve("password"));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));

    // When it starts, twice
    EmbeddedPostgres.start(directory).close();
    try (var postgres = EmbeddedPostgres.start(directory)) {
      // Then only the new password opens it
      assertThat(query(postgres, "select 1")).isEqualTo("1");
      assertThat(postgres.password()).isNotEqualTo(first);
      for (String wrong : new String[] {"", "&password=postgres", "&password=" + first}) {
        assertThatThrownBy(
                () ->
                    DriverManager.getConnection(
                            "jdbc:postgresql://127.0.0.1:%d/postgres?user=postgres%s"
                                .formatted(postgres.port(), wrong))
                        .close())
            .as(wrong)
            .isInstanceOf(SQLException.class);
      }
      assertThat(permissions(directory)).isEqualTo("rwx------");
      assertThat(permissions(directory.resolve("password"))).isEqualTo("rw-------");
      assertThat(permissions(binaries(postgres))).isEqualTo("rwx------");
      assertThat(commandLines()).doesNotContain(postgres.password());
    }
  }

  private static Path binaries(EmbeddedPostgres postgres) {
    return ProcessHandle.of(postgres.postmasterPid())
        .flatMap(p -> p.info().command())
        .map(Path::of)
        .orElseThrow()
        .getParent()
        .getParent();
  }

  private static String commandLines() {
    return ProcessHandle.allProcesses()
        .map(p -> p.info().commandLine().orElse(""))
        .reduce("", (all, one) -> all + "\n" + one);
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private Postmaster server() throws IOException {
    return new Postmaster(PostgresBinaries.unpacked(directory), directory);
  }

  /// A server that nobody starts again.
  private ProcessHandle leftBehind() throws Exception {
    OwnerOnly.directory(directory);
    OwnerOnly.write(directory.resolve("password"), "secret");
    server().initialize(directory.resolve("password"), _ -> {});
    return server().start(Ports.free(), _ -> {});
  }

  private static ProcessHandle postmaster(EmbeddedPostgres postgres) {
    return ProcessHandle.of(postgres.postmasterPid()).orElseThrow();
  }

  private static void signal(String name, ProcessHandle process) throws Exception {
    assertThat(
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor())
        .isZero();
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var paths = Files.walk(from)) {
      for (Path path : paths.toList()) {
        Files.copy(path, to.resolve(from.relativize(path)), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  private static void execute(EmbeddedPostgres postgres, String... statements) throws SQLException {
    try (var connection = DriverManager.getConnection(postgres.jdbcUrl("postgres"));
        var statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static String query(EmbeddedPostgres postgres, String sql) throws SQLException {
    try (var connection = DriverManager.getConnection(postgres.jdbcUrl("postgres"));
        var rows = connection.createStatement().executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }
}
