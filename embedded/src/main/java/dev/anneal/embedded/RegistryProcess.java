package dev.anneal.embedded;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/// One process of the schema registry.
///
/// @param home the unpacked distribution
/// @param postgres holds the schemas
/// @param database of the schemas
/// @param directory for its log; the process works there
record RegistryProcess(Path home, EmbeddedPostgres postgres, String database, Path directory) {
  private static final String PROGRAM = "java";
  private static final String RUNNER = "quarkus-run.jar";

  /// A header of all its answers: another registry may answer at the port.
  private static final String HEADER = "Anneal-Registry";

  private static final Duration ANSWER = Duration.ofSeconds(30);

  static URI url(int port) {
    return URI.create("http://127.0.0.1:%d/apis/ccompat/v7".formatted(port));
  }

  static Path pidFile(Path directory) {
    return directory.resolve("registry.pid");
  }

  private Path log() {
    return directory.resolve("registry.log");
  }

  /// Returns when it answers; waits as long as the process lives.
  ///
  /// @param progress receives what a long start waits for
  Process start(int port, Consumer<String> progress) throws IOException, InterruptedException {
    String mark = UUID.randomUUID().toString();
    var start = new RegistryStart(log(), System::nanoTime);
    Process process = launch(port, mark);
    try (var client = HttpClient.newHttpClient()) {
      start.await(process, port, () -> answers(client, port, mark), progress);
      return process;
    } catch (IOException | InterruptedException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  private Process launch(int port, String mark) throws IOException {
    var command =
        List.of(
            // Ctrl-C goes to every process of the terminal; this one ends after those that use it
            "sh",
            "-c",
            "trap '' INT; exec \"$@\"",
            "registry",
            Path.of(System.getProperty("java.home"), "bin", PROGRAM).toString(),
            "-Xmx192m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Danneal.directory=" + directory,
            "-Dquarkus.http.host=127.0.0.1",
            "-Dquarkus.http.port=" + port,
            "-Dquarkus.http.header.\"%s\".value=%s".formatted(HEADER, mark),
            "-Dquarkus.management.host=127.0.0.1",
            // any: its own default belongs to the first registry of a machine
            "-Dquarkus.management.port=0",
            "-Dquarkus.log.console.level=WARN",
            "-Dapicurio.storage.kind=sql",
            "-Dapicurio.storage.sql.kind=postgresql",
            "-jar",
            home.resolve(RUNNER).toString());
    var builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(Redirect.appendTo(log().toFile()));
    var environment = builder.environment(); // a command line is everybody's to read
    environment.put(
        "APICURIO_DATASOURCE_URL",
        "jdbc:postgresql://127.0.0.1:%d/%s".formatted(postgres.port(), database));
    environment.put("APICURIO_DATASOURCE_USERNAME", "postgres");
    environment.put("APICURIO_DATASOURCE_PASSWORD", postgres.password());
    Process process = builder.start();
    OwnerOnly.write(
        pidFile(directory),
        "%d\n%s\n%d\n".formatted(process.pid(), directory, started(process).getEpochSecond()));
    return process;
  }

  private static Instant started(Process process) {
    return process.info().startInstant().orElse(Instant.EPOCH);
  }

  /// The registry that runs on the directory, also one of an earlier run.
  static Optional<ProcessHandle> running(Path directory) throws IOException {
    if (!Files.exists(pidFile(directory))) {
      return Optional.empty();
    }
    var lines = Files.readAllLines(pidFile(directory));
    if (lines.isEmpty() || !lines.getFirst().strip().matches("\\d{1,18}")) {
      return Optional.empty();
    }
    boolean isWhole = lines.size() >= 3 && lines.get(2).matches("\\d{1,12}");
    var recorded =
        new Orphan(
            Long.parseLong(lines.getFirst().strip()),
            isWhole
                ? lines.get(1)
                : directory.toString(), // the first release's file has the id only
            isWhole ? Instant.ofEpochSecond(Long.parseLong(lines.get(2))) : Instant.EPOCH);
    return recorded.process(PROGRAM, directory);
  }

  private static boolean answers(HttpClient client, int port, String mark)
      throws InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create(url(port) + "/subjects")).timeout(ANSWER).build();
    try {
      var response = client.send(request, HttpResponse.BodyHandlers.discarding());
      return response.statusCode() == 200
          && response.headers().firstValue(HEADER).filter(mark::equals).isPresent();
    } catch (IOException _) {
      return false; // the port is not open yet
    }
  }
}
