package dev.anneal.schemas;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.apache.avro.Schema;

/// Confluent's registry API over HTTP, with answers kept for ever: an id never changes its meaning.
/// Failures are not kept. A subject that was registered here is held to BACKWARD_TRANSITIVE from
/// then on; those of others in the same registry are left alone. Safe for use by many threads.
public final class HttpSchemaRegistry implements SchemaRegistry {
  private static final String CONTENT_TYPE = "application/vnd.schemaregistry.v1+json";
  private static final String COMPATIBILITY =
      "{\"compatibility\":\"BACKWARD_TRANSITIVE\"}"; // the newest schema reads all there ever was

  /// Longer than a machine may stand still.
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private static final ObjectMapper JSON = new ObjectMapper();

  private record Registration(String subject, Schema schema) {}

  private final URI base;
  private final HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private final ConcurrentMap<Registration, Integer> ids = new ConcurrentHashMap<>();

  /// By the path of the API that names them.
  private final ConcurrentMap<String, Schema> schemas = new ConcurrentHashMap<>();

  /// @param base of the Confluent-compatible API, e.g. `http://127.0.0.1:8081/apis/ccompat/v7`
  public HttpSchemaRegistry(URI base) {
    this.base = base;
  }

  @Override
  public int register(String subject, Schema schema) {
    var registration = new Registration(subject, schema);
    Integer known = ids.get(registration);
    if (known != null) {
      return known;
    }
    var body = JSON.createObjectNode().put("schemaType", "AVRO").put("schema", schema.toString());
    String name = URLEncoder.encode(subject, StandardCharsets.UTF_8);
    JsonNode answer = send("POST", "/subjects/" + name + "/versions", body.toString());
    int id = answer.path("id").asInt();
    holdCompatible(name);
    ids.put(registration, id);
    schemas.put(path(id), schema);
    return id;
  }

  /// After the first version: Apicurio configures only a subject that exists. Of two stages that
  /// set a subject's first rule at the same moment it refuses one, whose second try replaces it.
  private void holdCompatible(String name) {
    try {
      send("PUT", "/config/" + name, COMPATIBILITY);
    } catch (SchemaRegistryException e) {
      if (e.isTransient()) {
        throw e;
      }
      send("PUT", "/config/" + name, COMPATIBILITY);
    }
  }

  @Override
  public Schema byId(int id) {
    return schemaAt(path(id));
  }

  @Override
  public Schema byGuid(UUID guid) {
    return schemaAt("/schemas/guids/" + guid);
  }

  @Override
  public void ping() {
    exchange(request("/schemas/types").GET().build());
  }

  private static String path(int id) {
    return "/schemas/ids/" + id;
  }

  private Schema schemaAt(String path) {
    Schema known = schemas.get(path);
    if (known != null) {
      return known;
    }
    JsonNode answer = exchange(request(path).GET().build());
    var schema = new Schema.Parser().parse(answer.path("schema").asText());
    schemas.put(path, schema);
    return schema;
  }

  private JsonNode send(String method, String path, String body) {
    return exchange(
        request(path)
            .header("Content-Type", CONTENT_TYPE)
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(base + path))
        .timeout(TIMEOUT)
        .header("Accept", CONTENT_TYPE);
  }

  private JsonNode exchange(HttpRequest request) {
    try {
      HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
      int status = response.statusCode();
      if (status / 100 != 2) {
        throw new SchemaRegistryException(
            "schema registry answered %d to %s %s: %s"
                .formatted(status, request.method(), request.uri().getPath(), response.body()),
            status >= 500 || status == 429);
      }
      return JSON.readTree(response.body());
    } catch (JsonProcessingException e) {
      throw new SchemaRegistryException(
          "schema registry at %s did not answer JSON".formatted(base), false, e);
    } catch (IOException e) {
      throw new SchemaRegistryException(
          "schema registry at %s cannot be reached".formatted(base), true, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SchemaRegistryException("interrupted while asking the schema registry", true, e);
    }
  }
}
