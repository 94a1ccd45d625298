package dev.anneal.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/// PostgreSQL's own binaries as a child process with logical replication switched on. The superuser
/// `postgres` is reachable from the loopback interface only; its password is not asked for.
public final class EmbeddedPostgres implements AutoCloseable {
  private static final Duration START_WAIT = Duration.ofSeconds(30);
  private static final int START_TRIES = 4;

  private final io.zonky.test.db.postgres.embedded.EmbeddedPostgres server;

  private final Path directory;

  private EmbeddedPostgres(
      io.zonky.test.db.postgres.embedded.EmbeddedPostgres server, Path directory) {
    this.server = server;
    this.directory = directory;
  }

  /// Starts on a free port.
  ///
  /// @throws IOException when the server does not come up
  public static EmbeddedPostgres start(Path directory) throws IOException {
    return start(directory, Ports.free());
  }

  /// @param directory holds `data` and `log`; made where it does not exist
  /// @throws IOException when the server does not come up
  public static EmbeddedPostgres start(Path directory, int port) throws IOException {
    Files.createDirectories(directory);
    IOException last = new IOException("not tried");
    // right after a kill the old postmaster's shared memory may still be held: the first start then
    // fails
    for (int attempt = 1; attempt <= START_TRIES; attempt++) {
      try {
        return new EmbeddedPostgres(builder(directory, port).start(), directory);
      } catch (IOException | IllegalStateException e) {
        last =
            new IOException(
                "PostgreSQL does not start in %s; see its log there".formatted(directory), e);
      }
    }
    throw last;
  }

  /// Ends a server that a killed run left behind on the directory. The caller holds the directory.
  public static void endOrphan(Path directory) throws IOException {
    Orphan.end(directory.resolve("data/postmaster.pid"), "postgres");
  }

  private static io.zonky.test.db.postgres.embedded.EmbeddedPostgres.Builder builder(
      Path directory, int port) {
    var log = Redirect.appendTo(directory.resolve("log").toFile());
    return io.zonky.test.db.postgres.embedded.EmbeddedPostgres.builder()
        .setDataDirectory(directory.resolve("data"))
        .setCleanDataDirectory(false)
        .setPort(port)
        .setPGStartupWait(START_WAIT)
        .setOutputRedirector(log)
        .setErrorRedirector(log)
        .setRegisterShutdownHook(false)
        .setServerConfig("wal_level", "logical")
        .setServerConfig("max_replication_slots", "64")
        .setServerConfig("max_wal_senders", "64")
        .setServerConfig("max_connections", "200")
        .setServerConfig("max_slot_wal_keep_size", "4GB")
        .setServerConfig("listen_addresses", "127.0.0.1")
        .setServerConfig("fsync", "on")
        .setServerConfig("synchronous_commit", "on");
  }

  public int port() {
    return server.getPort();
  }

  /// Address of a database for JDBC, user and password included.
  public String jdbcUrl(String database) {
    return "jdbc:postgresql://127.0.0.1:%d/%s?user=postgres&password=postgres"
        .formatted(port(), database);
  }

  /// Makes the database where it does not exist.
  public void createDatabase(String name) {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        var exists = connection.prepareStatement("select 1 from pg_database where datname = ?");
        var statement = connection.createStatement()) {
      exists.setString(1, name);
      if (!exists.executeQuery().next()) {
        statement.execute("create database \"%s\"".formatted(name.replace("\"", "\"\"")));
      }
    } catch (SQLException e) {
      throw new IllegalStateException("cannot make database " + name, e);
    }
  }

  /// Process id of the postmaster, for tests that kill it.
  public long postmasterPid() {
    try {
      Path file = directory.resolve("data/postmaster.pid");
      return Long.parseLong(Files.readAllLines(file).getFirst().trim());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Stops the server and waits for it.
  @Override
  public void close() throws IOException {
    server.close();
  }
}
