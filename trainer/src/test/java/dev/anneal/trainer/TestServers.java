package dev.anneal.trainer;

import dev.anneal.embedded.EmbeddedKafka;
import dev.anneal.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
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
