package dev.anneal.embedded;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// The schema registry's address. It forwards calls to the registry's process, which listens on
/// another port after each start, and answers for it while it is away.
///
/// The registry itself takes calls by any host name. A page in a browser can be made to call this
/// machine by a name of the page's own (DNS rebinding), so a call by a name is refused here.
final class RegistryFront implements AutoCloseable {
  private static final Set<String> HOSTS = Set.of("127.0.0.1", "localhost");

  /// Of a request, in bytes. Schemas are kilobytes.
  private static final int LARGEST_BODY = 4 << 20;

  /// Larger bodies wait for each other: they are held in the heap that all stages share.
  private static final int SMALL_BODY = 64 << 10;

  private static final int MOST_LARGE_BODIES = 8;

  private static final String REQUEST_SECONDS = "90";

  static {
    // of the JDK's server, which reads them once: connections, and seconds for a whole request
    set("sun.net.httpserver.maxConnections", "200");
    set("sun.net.httpserver.maxReqTime", REQUEST_SECONDS);
  }

  private static void set(String property, String value) {
    System.setProperty(property, System.getProperty(property, value));
  }

  /// Longer than a machine may stand still.
  private static final Duration ANSWER = Duration.ofSeconds(60);

  /// They belong to one connection, or are written by the client.
  private static final Set<String> NOT_FORWARDED =
      Set.of(
          "connection",
          "content-length",
          "date",
          "expect",
          "host",
          "keep-alive",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private static final int ABSENT = 0;
  private static final long NO_BODY = -1;
  private static final long ANY_LENGTH = 0;

  private final HttpServer server;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(ANSWER).build();
  private final Semaphore largeBodies = new Semaphore(MOST_LARGE_BODIES);
  private volatile int target = ABSENT;

  private RegistryFront(HttpServer server) {
    this.server = server;
    server.createContext("/", this::answer);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  /// Binds the port; answers 503 until it has something to forward to.
  ///
  /// @throws PortTaken when somebody was faster
  static RegistryFront open(PortChoice ports) throws IOException {
    HeldPort held = ports.take();
    held.close();
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), held.port());
    try {
      return new RegistryFront(HttpServer.create(address, 0));
    } catch (BindException _) {
      throw new PortTaken(held.port());
    }
  }

  int port() {
    return server.getAddress().getPort();
  }

  /// @param port of the registry's process
  void forwardTo(int port) {
    target = port;
  }

  /// While the registry's process is started again.
  void forwardToNobody() {
    target = ABSENT;
  }

  private void answer(HttpExchange call) throws IOException {
    try (call) {
      if (!isLocal(call.getRequestHeaders().getFirst("Host"))) {
        refuse(call, 403, "the schema registry is called as 127.0.0.1 or localhost only");
        return;
      }
      byte[] body = call.getRequestBody().readNBytes(SMALL_BODY);
      if (body.length < SMALL_BODY) {
        forward(call, body);
      } else {
        forwardLarge(call, body);
      }
    }
  }

  private void forwardLarge(HttpExchange call, byte[] begin) throws IOException {
    largeBodies.acquireUninterruptibly();
    try {
      byte[] rest = call.getRequestBody().readNBytes(LARGEST_BODY - begin.length + 1);
      if (begin.length + rest.length > LARGEST_BODY) {
        refuse(call, 413, "the body is larger than %d bytes".formatted(LARGEST_BODY));
        return;
      }
      byte[] body = Arrays.copyOf(begin, begin.length + rest.length);
      System.arraycopy(rest, 0, body, begin.length, rest.length);
      forward(call, body);
    } finally {
      largeBodies.release();
    }
  }

  private static boolean isLocal(@Nullable String host) {
    return host != null
        && HOSTS.contains(host.replaceFirst(":\\d{1,5}$", "").toLowerCase(Locale.ROOT));
  }

  private void forward(HttpExchange call, byte[] body) throws IOException {
    HttpResponse<InputStream> response;
    try {
      response = client.send(request(call, body), HttpResponse.BodyHandlers.ofInputStream());
    } catch (IllegalArgumentException _) {
      refuse(call, 400, "the request has a malformed address, method or header");
      return;
    } catch (IOException _) {
      call.getResponseHeaders().set("Retry-After", "1");
      refuse(call, 503, "the schema registry does not answer at the moment");
      return;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return;
    }
    try (var answer = response.body()) {
      forwardHeaders(response.headers().map(), call.getResponseHeaders()::add);
      call.sendResponseHeaders(response.statusCode(), length(response));
      answer.transferTo(call.getResponseBody());
    }
  }

  private HttpRequest request(HttpExchange call, byte[] body) throws IOException {
    int port = target;
    if (port == ABSENT) {
      throw new IOException("not started yet");
    }
    URI uri = call.getRequestURI();
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    var request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:%d%s%s".formatted(port, uri.getRawPath(), query)))
            .timeout(ANSWER)
            .method(call.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
    forwardHeaders(call.getRequestHeaders(), request::header);
    return request.build();
  }

  private static void forwardHeaders(
      Map<String, List<String>> headers, BiConsumer<String, String> target) {
    headers.forEach(
        (name, values) -> {
          if (!NOT_FORWARDED.contains(name.toLowerCase(Locale.ROOT))) {
            values.forEach(value -> target.accept(name, value));
          }
        });
  }

  /// As `sendResponseHeaders` takes it: -1 for none, 0 for any.
  private static long length(HttpResponse<?> response) {
    if (response.request().method().equals("HEAD") || response.statusCode() == 204) {
      return NO_BODY;
    }
    var known = response.headers().firstValueAsLong("Content-Length");
    return known.isPresent() && known.getAsLong() == 0 ? NO_BODY : known.orElse(ANY_LENGTH);
  }

  /// In the error format of the registry's API.
  private static void refuse(HttpExchange call, int status, String reason) throws IOException {
    byte[] body =
        "{\"error_code\":%d,\"message\":\"%s\"}"
            .formatted(status, reason)
            .getBytes(StandardCharsets.UTF_8);
    call.getResponseHeaders().set("Content-Type", "application/vnd.schemaregistry.v1+json");
    call.sendResponseHeaders(status, body.length);
    call.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
    client.shutdownNow();
  }
}
