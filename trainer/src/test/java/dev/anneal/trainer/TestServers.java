package dev.anneal.trainer;

import dev.anneal.embedded.EmbeddedKafka;
import dev.anneal.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.util.FileSystemUtils;

/// The servers of this module's tests, started once and stopped with the JVM.
final class TestServers {
  private static @Nullable EmbeddedPostgres postgres;
  private static @Nullable EmbeddedKafka kafka;

  private TestServers() {}

  static synchronized EmbeddedPostgres postgres() {
    if (postgres == null) {
      try {
        Path directory = Files.createTempDirectory("trainer-postgres");
        var started = EmbeddedPostgres.start(directory);
        atExit(started, directory);
        postgres = started;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return postgres;
  }

  /// A database of that name.
  static PGSimpleDataSource dataSource(String database) {
    postgres().createDatabase(database);
    var dataSource = new PGSimpleDataSource();
    dataSource.setUrl(postgres().jdbcUrl(database));
    return dataSource;
  }

  /// Makes the trainer's tables, and can drop them.
  ///
  /// @param version of the tables, `1` or `latest`
  static Flyway flyway(DataSource dataSource, String version) {
    return Flyway.configure()
        .dataSource(dataSource)
        .locations("classpath:db/trainer")
        .schemas("trainer")
        .defaultSchema("trainer")
        .target(version)
        .cleanDisabled(false)
        .load();
  }

  static synchronized EmbeddedKafka kafka() {
    if (kafka == null) {
      try {
        Path directory = Files.createTempDirectory("trainer-kafka");
        var started = EmbeddedKafka.start(directory);
        atExit(started, directory);
        kafka = started;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return kafka;
  }

  private static void atExit(AutoCloseable server, Path directory) {
    Runnable clean =
        () -> {
          try {
            server.close();
            FileSystemUtils.deleteRecursively(directory);
          } catch (Exception e) {
            throw new IllegalStateException("a test server does not stop", e);
          }
        };
    Runtime.getRuntime().addShutdownHook(new Thread(clean));
  }
}
