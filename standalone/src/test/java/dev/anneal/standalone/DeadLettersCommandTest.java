package dev.anneal.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeadLettersCommandTest {
  private static final String ANSWER =
      "{\"deadLetters\":[{\"code\":\"late-row\"},{\"code\":\"missing-time\"}]}";

  @TempDir private Path directory;

  @Test
  void printsALineForEachLetter() throws IOException {
    // Given a control
    var asked = new ArrayList<String>();
    var control = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    control.createContext(
        "/",
        exchange -> {
          asked.add(exchange.getRequestURI().toString());
          byte[] body = ANSWER.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    control.start();
    String url = "http://127.0.0.1:" + control.getAddress().getPort();
    new Endpoints("127.0.0.1:1", url, url, url, 1, List.of(1)).save(directory);
    var printed = new ByteArrayOutputStream();
    var out = System.out;
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));

    // When
    int exit;
    try {
      exit =
          Anneal.run(
              "deadletters", "--data-dir", directory.toString(), "-o", "acme", "--stage", "ingest");
    } finally {
      System.setOut(out);
      control.stop(0);
    }

    // Then
    assertThat(exit).isZero();
    assertThat(asked)
        .isEqualTo(List.of("/api/deadletters?limit=20&organization=acme&stage=ingest"));
    assertThat(printed.toString(StandardCharsets.UTF_8).lines())
        .containsExactly("{\"code\":\"late-row\"}", "{\"code\":\"missing-time\"}");
  }
}
