package dev.anneal.trainer;

import dev.anneal.embedded.EmbeddedKafka;
import dev.anneal.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The servers of this module's tests, started once and stopped with the JVM.
final class TestServers {
  private static @Nullable EmbeddedPostgres postgres;
  private static @Nullable EmbeddedKafka kafka;

  private TestServers() {}

  static synchronized EmbeddedPostgres postgres() {
    if (postgres == null) {
      try {
        var started = EmbeddedPostgres.start(Files.createTempDirectory("trainer-postgres"));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(started)));
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
        Runtime.getRuntime().addShutdownHook(new Thread(started::close));
        kafka = started;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return kafka;
  }

  private static void close(EmbeddedPostgres server) {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
