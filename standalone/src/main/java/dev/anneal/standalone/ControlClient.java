package dev.anneal.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;

/// The control API as the command line uses it.
public final class ControlClient {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final URI base;

  public ControlClient(URI base) {
    this.base = base;
  }

  /// The server understood the request and refused it; the message has a line per error.
  public static final class Refused extends IOException {
    Refused(String message) {
      super(message);
    }
  }

  /// Creates or changes an organization.
  ///
  /// @param definition YAML or JSON
  /// @return what the server says it did
  /// @throws Refused when the definition has errors
  /// @throws IOException when control cannot be reached
  public JsonNode apply(String organization, String definition) throws IOException {
    return exchange(
        request("/api/organizations/" + organization)
            .header("Content-Type", "application/yaml")
            .PUT(HttpRequest.BodyPublishers.ofString(definition))
            .build());
  }

  JsonNode get(String path) throws IOException {
    return exchange(request(path).GET().build());
  }

  JsonNode post(String path, Object body) throws IOException {
    return exchange(
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))
            .build());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(base + path))
        .timeout(LIMIT)
        .header("Accept", "application/json");
  }

  private JsonNode exchange(HttpRequest request) throws IOException {
    try (var client = HttpClient.newHttpClient()) {
      HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
      JsonNode body = JSON.readTree(response.body());
      if (response.statusCode() / 100 != 2) {
        throw new Refused(problem(response.statusCode(), body));
      }
      return body;
    } catch (ConnectException e) {
      throw new IOException(
          "no Anneal answers at %s: start one with ./anneal up".formatted(base), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /// RFC 9457: the detail, then each error with its path.
  private static String problem(int status, JsonNode body) {
    var lines = new ArrayList<String>();
    lines.add(body.path("detail").asText(body.path("title").asText("refused with " + status)));
    for (JsonNode error : body.path("errors")) {
      lines.add("  %s: %s".formatted(error.path("path").asText(), error.path("message").asText()));
    }
    return String.join("\n", lines);
  }
}
