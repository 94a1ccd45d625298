package dev.anneal.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// PostgreSQL's own binaries as a child process with logical replication switched on. It listens on
/// the loopback interface only and asks everybody for a password; the superuser's stands in a file
/// of the directory that only its owner can read. When the process ends by itself it is started
/// again on the same port.
public final class EmbeddedPostgres implements AutoCloseable {
  /// A port that was free when it was chosen may be taken when it is bound.
  private static final int MOST_CLASHES = 10;

  /// Backends of a killed server end within seconds.
  private static final int MOST_WAITS = 60;

  private static final Duration WAIT = Duration.ofSeconds(1);
  private final Postmaster postmaster;
  private final ChildWatch watch;
  private final int port;
  private final String password;

  private EmbeddedPostgres(Postmaster postmaster, ProcessHandle server, int port, String password) {
    this.postmaster = postmaster;
    this.port = port;
    this.password = password;
    this.watch = new ChildWatch("PostgreSQL", server, () -> postmaster.start(port, _ -> {}));
  }

  /// Starts on a free port.
  ///
  /// @throws IOException when the server does not come up
  public static EmbeddedPostgres start(Path directory) throws IOException {
    return start(directory, Ports.preferably(), _ -> {});
  }

  /// @param directory holds `data`, `log` and `password`; created where it does not exist, held by
  ///     the caller
  /// @param progress receives what a long start waits for
  /// @throws IOException when the server does not come up
  public static EmbeddedPostgres start(Path directory, PortChoice ports, Consumer<String> progress)
      throws IOException {
    OwnerOnly.directory(directory);
    var password = PostgresPassword.of(directory);
    var postmaster = new Postmaster(PostgresBinaries.unpacked(directory), directory);
    try {
      if (!Files.exists(postmaster.data())) {
        postmaster.initialize(password.file(), progress);
      }
      return start(postmaster, ports, password, progress);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while PostgreSQL started", e);
    }
  }

  private static EmbeddedPostgres start(
      Postmaster postmaster, PortChoice ports, PostgresPassword password, Consumer<String> progress)
      throws IOException, InterruptedException {
    int clashes = 0;
    int waits = 0;
    while (true) {
      int port = release(ports.take());
      try {
        var server = postmaster.start(port, progress);
        var result = new EmbeddedPostgres(postmaster, server, port, password.text());
        return requirePassword(password, postmaster, result);
      } catch (PortTaken e) {
        clashes++;
        if (clashes == MOST_CLASHES) {
          throw e;
        }
      } catch (Postmaster.StillInUse e) {
        waits++;
        if (waits == MOST_WAITS) {
          throw e;
        }
        LockSupport.parkNanos(WAIT.toNanos());
      }
    }
  }

  private static EmbeddedPostgres requirePassword(
      PostgresPassword password, Postmaster postmaster, EmbeddedPostgres server)
      throws IOException {
    try {
      password.require(postmaster.data(), server);
      return server;
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private static int release(HeldPort held) {
    held.close();
    return held.port();
  }

  /// Ends a server that a killed run left behind on the directory, and nothing else. The caller
  /// holds the directory.
  ///
  /// @return its process id, for people
  public static Optional<Long> endOrphan(Path directory) throws IOException {
    return end(directory, false);
  }

  /// As [#endOrphan], at once: the next start recovers from the log. For a run that has to end.
  public static void abort(Path directory) throws IOException {
    end(directory, true);
  }

  private static Optional<Long> end(Path directory, boolean isUrgent) throws IOException {
    if (!Files.exists(directory.resolve("data"))) {
      return Optional.empty();
    }
    var postmaster = new Postmaster(PostgresBinaries.unpacked(directory), directory);
    var orphan = postmaster.file().running();
    if (orphan.isPresent()) {
      postmaster.stop(orphan.get(), isUrgent);
    } else {
      postmaster.file().disownForeignProcess();
    }
    return orphan.map(ProcessHandle::pid);
  }

  public int port() {
    return port;
  }

  /// The superuser `postgres`'s.
  public String password() {
    return password;
  }

  /// Address of a database for JDBC, user and password included.
  public String jdbcUrl(String database) {
    return "jdbc:postgresql://127.0.0.1:%d/%s?user=postgres&password=%s"
        .formatted(port, database, password);
  }

  /// Creates the database where it does not exist.
  public void createDatabase(String name) {
    try (Connection connection = DriverManager.getConnection(jdbcUrl("postgres"));
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
    return watch.child().pid();
  }

  /// Stops the server and waits for it.
  @Override
  public void close() throws IOException {
    watch.close();
    var server = postmaster.file().running(); // also one whose start the watch left
    if (server.isPresent()) {
      postmaster.stop(server.get(), false);
    }
  }
}
