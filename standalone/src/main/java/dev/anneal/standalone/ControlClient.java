package dev.anneal.standalone;

import com.fasterxml.jackson.core.JsonProcessingException;
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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The control API as the command line uses it.
public final class ControlClient {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final URI base;
  private final Function<String, AnswerWait> waits;

  public ControlClient(URI base) {
    this(base, what -> new AnswerWait(what, AnswerWait.LONGEST, System.err));
  }

  /// @param waits begins the wait for what it is given
  ControlClient(URI base, Function<String, AnswerWait> waits) {
    this.base = base;
    this.waits = waits;
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

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(base + path)).header("Accept", "application/json");
  }

  private JsonNode exchange(HttpRequest request) throws IOException {
    HttpResponse<String> response = send(request);
    JsonNode body;
    try {
      body = JSON.readTree(response.body());
    } catch (JsonProcessingException e) {
      throw notControl("its answer is no JSON", e);
    }
    if (response.statusCode() / 100 == 2) {
      return body;
    }
    if (!body.has("errors")) { // control's refusals have them
      throw notControl("it answers with status " + response.statusCode(), null);
    }
    throw new Refused(problem(body));
  }

  private HttpResponse<String> send(HttpRequest request) throws IOException {
    try (var client = HttpClient.newHttpClient()) {
      var sent = client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
      var wait = waits.apply("control to answer at " + base);
      while (wait.lasts()) {
        try {
          return sent.get(LOOK.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
          // a busy machine takes its time
        }
      }
      sent.cancel(true);
      client.shutdownNow();
      throw new IOException(
          "no answer from %s within %d s".formatted(base, AnswerWait.LONGEST.toSeconds()));
    } catch (ExecutionException e) {
      throw failed(e.getCause() == null ? e : e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private IOException failed(Throwable cause) {
    return cause instanceof ConnectException
        ? new IOException(
            "no Anneal answers at %s: start one with ./anneal up".formatted(base), cause)
        : notControl(String.valueOf(cause.getMessage()), cause);
  }

  private IOException notControl(String why, @Nullable Throwable cause) {
    return new IOException("no control API of Anneal at %s: %s".formatted(base, why), cause);
  }

  /// RFC 9457: the detail, then each error with its path, where it has one.
  private static String problem(JsonNode body) {
    var lines = new ArrayList<String>();
    lines.add(body.path("detail").asText(body.path("title").asText()));
    for (JsonNode error : body.path("errors")) {
      String path = error.path("path").asText();
      lines.add("  " + (path.isEmpty() ? "" : path + ": ") + error.path("message").asText());
    }
    return String.join("\n", lines);
  }
}
