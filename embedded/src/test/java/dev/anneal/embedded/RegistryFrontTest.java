package dev.anneal.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegistryFrontTest {
  private final HttpClient client = HttpClient.newHttpClient();
  private HttpServer registry;
  private RegistryFront front;

  @BeforeEach
  void start() throws IOException {
    registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    registry.createContext(
        "/",
        call -> {
          try (call) {
            String said =
                "%s %s %s %s"
                    .formatted(
                        call.getRequestMethod(),
                        call.getRequestURI(),
                        call.getRequestHeaders().getFirst("Content-Type"),
                        new String(call.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            call.getResponseHeaders().set("Mark", "own");
            if (call.getRequestMethod().equals("HEAD")) {
              call.sendResponseHeaders(422, -1);
              return;
            }
            call.sendResponseHeaders(422, said.length());
            call.getResponseBody().write(said.getBytes(StandardCharsets.US_ASCII));
          }
        });
    registry.start();
    front = RegistryFront.open(Ports.preferably());
  }

  @AfterEach
  void stop() {
    front.close();
    registry.stop(0);
    client.close();
  }

  @Test
  void aCallGoesThroughAsItIsWithItsAnswer() throws Exception {
    front.forwardTo(registry.getAddress().getPort());

    var answer = post("{}");

    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(answer.headers().firstValue("Mark")).hasValue("own");
    assertThat(answer.body()).isEqualTo("POST /subjects/a%2Fb?deleted=true application/json {}");
  }

  @Test
  void anAnswerWithoutABodyGoesThrough() throws Exception {
    front.forwardTo(registry.getAddress().getPort());
    var request = request().method("HEAD", HttpRequest.BodyPublishers.noBody()).build();

    var answer = client.send(request, HttpResponse.BodyHandlers.ofString());

    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void whileTheRegistryIsAwayTheAnswerIsToTryAgain() throws Exception {
    assertAway(); // before its first start

    front.forwardTo(registry.getAddress().getPort());
    front.forwardToNobody();
    assertAway();

    front.forwardTo(registry.getAddress().getPort());
    registry.stop(0);
    assertAway();
  }

  private void assertAway() throws Exception {
    var answer = post("{}");
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
    assertThat(answer.body()).contains("\"error_code\":503");
  }

  @Test
  void aBodyLargerThanItsLimitIsRefused() throws Exception {
    front.forwardTo(registry.getAddress().getPort());

    assertThat(post("x".repeat((4 << 20) + 1)).statusCode()).isEqualTo(413);
    assertThat(post("x".repeat(4 << 20)).statusCode()).isEqualTo(422);
  }

  @Test
  void callersWhoDoNotFinishLargeBodiesKeepNobodyFromSmallOnes() throws Exception {
    front.forwardTo(registry.getAddress().getPort());
    var unfinished = new ArrayList<Socket>();
    try {
      for (int i = 0; i < 20; i++) {
        var socket = new Socket(InetAddress.getLoopbackAddress(), front.port());
        unfinished.add(socket);
        String head =
            "POST /subjects HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4000000\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(new byte[100_000]);
      }

      assertThat(post("{}").statusCode()).isEqualTo(422);
    } finally {
      for (var socket : unfinished) {
        socket.close();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 422",
    "LOCALHOST:8081, 422",
    "rebound.example, 403",
    "rebound.example:8081, 403",
    "127.0.0.1.rebound.example, 403",
    "'', 403"
  })
  void aCallByAnotherNameThanThisMachinesIsRefused(String host, int status) throws Exception {
    front.forwardTo(registry.getAddress().getPort());

    try (var socket = new Socket(InetAddress.getLoopbackAddress(), front.port())) {
      String call = "GET /subjects HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(call.formatted(host).getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);

      assertThat(answer).startsWith("HTTP/1.1 " + status);
    }
  }

  private HttpResponse<String> post(String body) throws Exception {
    var request =
        request()
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest.Builder request() {
    return HttpRequest.newBuilder(
        URI.create("http://127.0.0.1:%d/subjects/a%%2Fb?deleted=true".formatted(front.port())));
  }
}
