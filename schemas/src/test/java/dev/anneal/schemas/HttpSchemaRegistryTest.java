package dev.anneal.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpSchemaRegistryTest {
  private static final Schema SCHEMA = Schema.create(Schema.Type.STRING);

  private final List<String> asked = new ArrayList<>();
  private int refusals;
  private HttpServer server;
  private HttpSchemaRegistry registry;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    registry =
        new HttpSchemaRegistry(URI.create("http://127.0.0.1:" + server.getAddress().getPort()));
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String method = exchange.getRequestMethod();
    asked.add(method + " " + exchange.getRequestURI().getPath());
    boolean isRefused = method.equals("PUT") && refusals-- > 0;
    byte[] body = "{\"id\": 7}".getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(isRefused ? 409 : 200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Test
  void aRuleThatAnotherStageSetsAtTheSameMomentIsSetAgain() {
    refusals = 1;

    int id = registry.register("anneal.models-value", SCHEMA);

    assertThat(id).isEqualTo(7);
    assertThat(asked)
        .containsExactly(
            "POST /subjects/anneal.models-value/versions",
            "PUT /config/anneal.models-value",
            "PUT /config/anneal.models-value");
  }

  @Test
  void aRuleThatIsRefusedForGoodFailsTheRegistration() {
    refusals = 2;

    assertThatThrownBy(() -> registry.register("anneal.models-value", SCHEMA))
        .isInstanceOf(SchemaRegistryException.class)
        .hasMessageContaining("409");
  }
}
