package dev.anneal.bench.features;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.anneal.schemas.HttpSchemaRegistry;
import dev.anneal.schemas.SchemaRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// As much of Confluent's registry API as Anneal asks for, in this process. Schemas are looked up
/// once and kept by who asked, so what answers does not show in what is measured.
final class RegistryServer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final List<String> schemas = new ArrayList<>();

  RegistryServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /// Its client.
  SchemaRegistry registry() {
    return new HttpSchemaRegistry(url());
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      Map<String, ?> body =
          switch (exchange.getRequestMethod()) {
            case "POST" ->
                Map.of(
                    "id",
                    register(JSON.readTree(exchange.getRequestBody()).path("schema").asText()));
            case "PUT" -> Map.of();
            default ->
                Map.of(
                    "schema", schema(Integer.parseInt(path.substring(path.lastIndexOf('/') + 1))));
          };
      byte[] answer = JSON.writeValueAsString(body).getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
    }
  }

  private synchronized int register(String schema) {
    if (!schemas.contains(schema)) {
      schemas.add(schema);
    }
    return schemas.indexOf(schema) + 1;
  }

  private synchronized String schema(int id) {
    return schemas.get(id - 1);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
