package dev.anneal.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/// What the command line says where nothing runs.
class AnnealTest {
  @TempDir private Path directory;

  private record Answer(int exit, String err) {}

  private static Answer run(String... arguments) {
    var err = new ByteArrayOutputStream();
    PrintStream real = System.err;
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    try {
      return new Answer(Anneal.run(arguments), err.toString(StandardCharsets.UTF_8));
    } finally {
      System.setErr(real);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "up --day 0s, must be a duration such as",
    "up --day 5, must be a duration such as",
    "up --set foo, must be NAME=VALUE",
    "train --org a --model m --timeout soon, must be a duration such as",
    "bogus, there is no command bogus; there are demo",
    "status --registry x, Unknown option",
    "demo --replay cmapss, --replay and --data go together",
  })
  void wrongUsageIsSaidInALineOrTwo(String arguments, String said) {
    Answer answer = run(arguments.split(" "));

    assertThat(answer.exit()).isEqualTo(2);
    assertThat(answer.err()).contains(said).contains("--help").hasLineCount(2);
  }

  @ParameterizedTest
  @CsvSource({
    "train --org a --model m --timeout 5m --data-dir nowhere, no Anneal runs on nowhere",
    "train --org a --model m --set nosuch=3, --set nosuch: unknown hyper-parameter",
    "train --org a --model m --set numLeaves=abc, --set numLeaves: must be a whole number",
    "status --control notaurl, --control must be an address like http://host:port",
    "watch --bootstrap-servers 127.0.0.1:1 --registry x, --registry must be an address",
    "apply /no/such.yaml, there is no /no/such.yaml",
    "up --data-dir /proc/x, cannot make the data directory /proc/x",
    "up --data-dir ../docs, docs has other files than Anneal's",
    "demo --replay cmapss --data /no/such, no train_FD001.txt or train_FD001.txt.gz in /no/such",
  })
  void whatCannotBeDoneIsSaidWithItsReason(String arguments, String said) {
    Answer answer = run(arguments.split(" "));

    assertThat(answer.exit()).isEqualTo(1);
    assertThat(answer.err()).startsWith("anneal: ").contains(said).hasLineCount(1);
  }

  /// Which `./anneal --help` prints, without a build.
  @Test
  void theDocumentOfTheUsageIsWhatTheProgramSays() {
    assertThat(Path.of("../docs/usage.txt"))
        .hasContent(new CommandLine(new Anneal()).getUsageMessage(CommandLine.Help.Ansi.OFF));
  }

  @Test
  void aDefinitionIsATextFile() throws IOException {
    Path binary = directory.resolve("binary.yaml");
    Files.write(binary, new byte[] {(byte) 0xff, (byte) 0xfe, 0});

    assertThat(run("apply", binary.toString()).err()).contains(binary + " is not UTF-8 text");
    assertThat(run("apply", directory.toString()).err()).contains(directory + " is a directory");
    assertThat(run("up", "--data-dir", binary.toString()).err())
        .contains("the data directory " + binary + " is a file");
  }

  @ParameterizedTest
  @CsvSource({"404, {}, status 404", "200, <html>, its answer is no JSON"})
  void anotherServerIsNotTakenForControl(int status, String body, String said) throws IOException {
    // Given
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, bytes.length);
          try (var out = exchange.getResponseBody()) {
            out.write(bytes);
          }
        });
    server.start();
    try {
      // When
      Answer answer =
          run("status", "--control", "http://127.0.0.1:" + server.getAddress().getPort());

      // Then
      assertThat(answer.exit()).isEqualTo(1);
      assertThat(answer.err()).contains("no control API of Anneal at").contains(said);
    } finally {
      server.stop(0);
    }
  }
}
