package dev.anneal.stage.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.function.Executable;
import org.springframework.context.ApplicationContext;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/// What every route of an HTTP API refuses, whatever it is for, with a [problem][ApiProblem].
/// Routes and their parameters are the application's own, so a new route is tested by itself. The
/// application runs as on Kubernetes (`spring.main.cloud-platform`), where Spring trusts more. Over
/// plain sockets: clients write neither wrong addresses nor bodies without an end.
public final class RouteContract {
  private static final int TIMEOUT = (int) Duration.ofSeconds(120).toMillis();
  private static final Pattern LENGTH = Pattern.compile("(?i)content-length: (\\d+)");
  private static final String LARGE = Integer.toString(132_000_000);

  /// For parameters, each as it stands in an address.
  private static final List<String> ODD =
      List.of(
          "",
          "%ff",
          "%zz",
          "%ED%A0%80",
          "%F0%9F%92%A9",
          "'",
          "-1",
          "99999999999999999999",
          "a".repeat(5_000));

  /// @param path without variables
  /// @param parameters names
  private record Route(String method, String path, List<String> parameters) {
    boolean hasBody() {
      return method.equals("POST") || method.equals("PUT");
    }

    @Override
    public String toString() {
      return method + " " + path;
    }
  }

  private record Answer(int status, String head, String body) {
    /// A refusal in the API's form.
    void isProblem(int expected) {
      assertThat(status).as(body).isEqualTo(expected);
      isProblem();
    }

    void isProblem() {
      assertThat(head).as(body).containsIgnoringCase("content-type: application/problem+json");
      assertThat(body).contains("\"status\":" + status, "\"code\":", "\"errors\":", "\"detail\":");
    }
  }

  private final ApplicationContext application;
  private final int port;

  public RouteContract(ApplicationContext application, int port) {
    this.application = application;
    this.port = port;
  }

  public Stream<DynamicTest> tests() {
    var routes = routes();
    assertThat(routes).isNotEmpty();
    return routes.stream().flatMap(this::tests);
  }

  private Stream<DynamicTest> tests(Route route) {
    var tests = new ArrayList<DynamicTest>();
    tests.add(test(route, "names that are not ours", () -> refusesForeignNames(route)));
    tests.add(test(route, "large bodies", () -> refusesLargeBodies(route)));
    tests.add(test(route, "control characters", () -> refusesControlCharacters(route)));
    tests.add(test(route, "odd parameters without failing", () -> bearsOddParameters(route)));
    if (route.hasBody()) {
      tests.add(test(route, "deep JSON", () -> refusesDeepJson(route)));
    }
    return tests.stream();
  }

  private static DynamicTest test(Route route, String what, Executable check) {
    return DynamicTest.dynamicTest("%s refuses %s".formatted(route, what), check);
  }

  private List<Route> routes() {
    var mapping =
        application.getBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class);
    return mapping.getHandlerMethods().entrySet().stream()
        .flatMap(e -> routes(e.getKey(), e.getValue()))
        .toList();
  }

  private static Stream<Route> routes(RequestMappingInfo info, HandlerMethod handler) {
    var parameters =
        Arrays.stream(handler.getMethodParameters())
            .filter(p -> p.hasParameterAnnotation(RequestParam.class))
            .map(RouteContract::name)
            .toList();
    var patterns = Objects.requireNonNull(info.getPathPatternsCondition()).getPatternValues();
    return info.getMethodsCondition().getMethods().stream()
        .flatMap(
            method ->
                patterns.stream()
                    .map(
                        pattern ->
                            new Route(
                                method.name(),
                                pattern.replaceAll("\\{[^}]+}", "nobody"),
                                parameters)));
  }

  private static String name(MethodParameter parameter) {
    String named =
        Objects.requireNonNull(parameter.getParameterAnnotation(RequestParam.class)).name();
    parameter.initParameterNameDiscovery(new DefaultParameterNameDiscoverer());
    return named.isEmpty() ? Objects.requireNonNull(parameter.getParameterName()) : named;
  }

  private void refusesForeignNames(Route route) throws IOException {
    for (String host :
        List.of("evil.example", "localhost.evil.example:" + port, "127.0.0.1.evil.example")) {
      call(route.method, route.path, host, "", "").isProblem(403);
    }
    String forwarded = "X-Forwarded-Host: localhost\r\nForwarded: host=localhost\r\n";
    call(route.method, route.path, "evil.example", forwarded, "").isProblem(403);
    for (String host : List.of("localhost:" + port, "127.0.0.1", "[::1]:" + port)) {
      assertThat(call(route.method, route.path, host, "", "").status).isNotEqualTo(403);
    }
  }

  private void refusesLargeBodies(Route route) throws IOException {
    // with its length, and without: not more than the limit is read, since no more comes
    int limit = application.getBean(BodyLimits.class).of(route.method, route.path);
    assertThat(limit).isLessThanOrEqualTo(4 << 20);
    send(route, "Content-Length: %s\r\n".formatted(LARGE), "").isProblem(413);
    String chunk = "%x\r\n%s".formatted(2 * limit, " ".repeat(limit + 1));
    send(route, "Transfer-Encoding: chunked\r\n", chunk).isProblem(413);
  }

  private Answer send(Route route, String headers, String body) throws IOException {
    return call(
        route.method,
        route.path,
        "127.0.0.1",
        "Content-Type: application/json\r\n" + headers,
        body);
  }

  private void refusesControlCharacters(Route route) throws IOException {
    for (String character : List.of("%00", "%0a", "%1F", "%7f")) {
      for (String parameter : route.parameters) {
        call(
                route.method,
                "%s?%s=x%s".formatted(route.path, parameter, character),
                "127.0.0.1",
                "",
                "")
            .isProblem(400);
      }
      call(route.method, route.path + "?other=" + character, "127.0.0.1", "", "").isProblem(400);
    }
    call(route.method, route.path.replace("nobody", "no%01body") + "%0a", "127.0.0.1", "", "")
        .isProblem(400);
  }

  private void bearsOddParameters(Route route) throws IOException {
    for (String value : ODD) {
      for (String parameter : route.parameters) {
        var address = "%s?%s=%s".formatted(route.path, parameter, value);
        var answer = call(route.method, address, "127.0.0.1", "", "");
        assertThat(answer.status).as("%s: %s", address, answer.body).isLessThan(500);
        if (answer.status >= 400) {
          answer.isProblem();
        }
      }
    }
  }

  private void refusesDeepJson(Route route) throws IOException {
    int limit = application.getBean(BodyLimits.class).of(route.method, route.path);
    for (int depth : List.of(BodyLimits.JSON_DEPTH + 1, 30_000, 100_000)) {
      for (String body :
          List.of(
              "[".repeat(depth), "{\"a\":".repeat(depth), "{\"overrides\":" + "[".repeat(depth))) {
        String parameters = "?" + String.join("=x&", route.parameters) + "=x";
        var answer =
            call(
                route.method,
                route.path + (route.parameters.isEmpty() ? "" : parameters),
                "127.0.0.1",
                "Content-Type: application/json\r\nContent-Length: %d\r\n".formatted(body.length()),
                body);
        assertThat(answer.status)
            .as("%s, depth %d: %s", route, depth, answer.body)
            .isIn(body.length() > limit ? List.of(413) : List.of(400, 404));
        answer.isProblem();
      }
    }
  }

  private Answer call(String method, String path, String host, String headers, String body)
      throws IOException {
    try (var socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(TIMEOUT);
      String head =
          "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n%s\r\n"
              .formatted(method, path, host, headers);
      socket.getOutputStream().write((head + body).getBytes(StandardCharsets.US_ASCII));
      return answer(socket.getInputStream());
    }
  }

  /// The connection may stay open: the server waits for the rest of a body.
  private static Answer answer(InputStream in) throws IOException {
    var text = new StringBuilder();
    while (!isWhole(text)) {
      int next = in.read();
      assertThat(next).as("the answer ends: %s", text).isNotNegative();
      text.append((char) next);
    }
    String[] parts = text.toString().split("\r\n\r\n", 2);
    return new Answer(Integer.parseInt(parts[0].split(" ", 3)[1]), parts[0], parts[1]);
  }

  private static boolean isWhole(StringBuilder text) {
    int head = text.indexOf("\r\n\r\n");
    if (head < 0) {
      return false;
    }
    if (text.indexOf("Transfer-Encoding: chunked") >= 0) {
      return text.lastIndexOf("\r\n0\r\n\r\n") == text.length() - 7;
    }
    var length = LENGTH.matcher(text);
    return text.length() - head - 4 >= (length.find() ? Integer.parseInt(length.group(1)) : 0);
  }
}
