package dev.anneal.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Apicurio Registry as a child process, its schemas in PostgreSQL.
public final class EmbeddedRegistry implements AutoCloseable {
  private static final String RUNNER = "quarkus-run.jar";
  private static final String PID_FILE = "registry.pid";
  private static final Duration STOP_WAIT = Duration.ofSeconds(5);

  private final Process process;
  private final int port;
  private final Path log;

  private EmbeddedRegistry(Process process, int port, Path log) {
    this.process = process;
    this.port = port;
    this.log = log;
  }

  /// Launches the process; [#awaitReady] waits for it.
  ///
  /// @param home the unpacked distribution
  /// @param jdbcUrl of the database that holds the schemas, with user and password
  /// @param directory for its log
  /// @throws IOException when it cannot be launched
  public static EmbeddedRegistry launch(Path home, String jdbcUrl, int port, Path directory)
      throws IOException {
    Files.createDirectories(directory);
    Path log = directory.resolve("registry.log");
    var command =
        List.of(
            // Ctrl-C goes to every process of the terminal; this one ends after those that use it
            "sh",
            "-c",
            "trap '' INT; exec \"$@\"",
            "registry",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx192m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Dquarkus.http.host=127.0.0.1",
            "-Dquarkus.http.port=" + port,
            "-Dquarkus.management.host=127.0.0.1",
            "-Dquarkus.management.port=0", // any: its own default belongs to the first registry of
            // a machine
            "-Dquarkus.log.console.level=WARN",
            "-Dapicurio.storage.kind=sql",
            "-Dapicurio.storage.sql.kind=postgresql",
            "-Dapicurio.datasource.url=" + jdbcUrl.replaceAll("\\?.*", ""),
            "-Dapicurio.datasource.username=postgres",
            "-Dapicurio.datasource.password=postgres",
            "-jar",
            home.resolve(RUNNER).toString());
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(Redirect.appendTo(log.toFile()))
            .start();
    Files.writeString(directory.resolve(PID_FILE), Long.toString(process.pid()));
    return new EmbeddedRegistry(process, port, log);
  }

  /// Ends a registry that a killed run left behind on the directory. The caller holds the
  /// directory.
  public static void endOrphan(Path directory) throws IOException {
    Orphan.end(directory.resolve(PID_FILE), RUNNER);
  }

  /// Base of the Confluent-compatible API.
  public URI url() {
    return URI.create("http://127.0.0.1:%d/apis/ccompat/v7".formatted(port));
  }

  /// @throws IOException when the process ends or does not answer in time
  public void awaitReady(Duration limit) throws IOException {
    long end = System.nanoTime() + limit.toNanos();
    try (var client = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(URI.create(url() + "/subjects"))
              .timeout(Duration.ofSeconds(2))
              .build();
      while (System.nanoTime() < end) {
        if (process.waitFor(100, TimeUnit.MILLISECONDS)) {
          throw new IOException(
              "the schema registry ended with %d; see %s".formatted(process.exitValue(), log));
        }
        try {
          if (client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
            return;
          }
        } catch (IOException notYet) {
          // the port is not open yet
        }
      }
      throw new IOException(
          "the schema registry did not answer within %s; see %s".formatted(limit, log));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for the schema registry", e);
    }
  }

  /// Process id, for tests that kill it.
  public long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      Files.deleteIfExists(log.resolveSibling(PID_FILE));
      if (!process.waitFor(STOP_WAIT.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
