package dev.anneal.stage.web;

import dev.anneal.stage.AllowedHosts;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/// What holds for every route, before it is looked for:
/// - the host that is called is ours. A page in a browser can be made to call us by a name of its
///   own that resolves to this machine (DNS rebinding), and may then read the answer; by an address
///   or `localhost` it cannot.
/// - the address has no control characters: no name has, and PostgreSQL refuses U+0000.
/// - the body is no larger than its limit, with its length given or not, and not more than
///   [#MOST_LARGE_BODIES] large ones are read at a time.
///
/// A refusal is a [ApiProblem] as any other.
final class RequestGuard extends OncePerRequestFilter {
  /// `localhost`, IPv4, IPv6 with brackets or, as some servers give it, without.
  private static final Pattern NO_NAME =
      Pattern.compile("(?i)localhost|\\d{1,3}(?:\\.\\d{1,3}){3}|\\[?[0-9a-f.]*:[0-9a-f:.]*]?");

  private static final int BUFFER = 8 * 1024;

  /// Larger bodies count: they are held in the heap that all stages share.
  private static final int SMALL_BODY = 64 << 10;

  private static final int MOST_LARGE_BODIES = 16;
  private static final Pattern CONTROL = Pattern.compile("(?i)%(?:[01][0-9a-f]|7f)");

  private final AllowedHosts hosts;
  private final BodyLimits limits;
  private final HandlerExceptionResolver problems;
  private final Semaphore largeBodies = new Semaphore(MOST_LARGE_BODIES);

  RequestGuard(AllowedHosts hosts, BodyLimits limits, HandlerExceptionResolver problems) {
    this.hosts = hosts;
    this.limits = limits;
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    BufferedBody guarded;
    try {
      checkHost(request);
      checkAddress(request);
      guarded = body(request);
      checkParameters(guarded);
    } catch (ApiProblem problem) {
      problems.resolveException(request, response, null, problem);
      return;
    }
    chain.doFilter(guarded, response);
  }

  private void checkHost(HttpServletRequest request) {
    String host = String.valueOf(request.getServerName());
    if (!NO_NAME.matcher(host).matches() && !hosts.contain(host)) {
      throw new ApiProblem(
          HttpStatus.FORBIDDEN,
          "unknown-host",
          "this API is not called by that name; anneal.web.allowed-hosts has the names that are");
    }
  }

  private static void checkAddress(HttpServletRequest request) {
    String query = request.getQueryString();
    if (CONTROL.matcher(request.getRequestURI()).find()) {
      throw malformed("");
    }
    if (query == null) {
      return;
    }
    for (String parameter : query.split("&", -1)) {
      if (CONTROL.matcher(parameter).find()) {
        throw malformed(parameter.split("[=%]", 2)[0]);
      }
    }
  }

  /// Parameters are decoded when they are first asked for. The body has been read, so they are the
  /// address's only.
  private static void checkParameters(HttpServletRequest request) {
    try {
      request.getParameterMap();
    } catch (IllegalStateException _) {
      throw new ApiProblem(
          HttpStatus.BAD_REQUEST,
          "malformed-address",
          "the parameters of the address are not UTF-8 in percent-encoding");
    }
  }

  private static ApiProblem malformed(String path) {
    String message = "must have no control characters";
    return new ApiProblem(
        HttpStatus.BAD_REQUEST,
        "malformed-address",
        (path.isEmpty() ? "the address " : path + ": ") + message,
        List.of(new ApiProblem.Fault(path, message)),
        Map.of());
  }

  private BufferedBody body(HttpServletRequest request) throws IOException {
    int limit = limits.of(request.getMethod(), request.getRequestURI());
    if (request.getContentLengthLong() > limit) {
      throw tooLarge(limit);
    }
    var in = request.getInputStream();
    var body = new ByteArrayOutputStream();
    if (read(in, body, Math.min(SMALL_BODY, limit))) {
      return new BufferedBody(request, body.toByteArray());
    }
    if (!largeBodies.tryAcquire()) {
      throw ApiProblem.unavailable(
          "busy",
          "%d large bodies are being read, the most at a time".formatted(MOST_LARGE_BODIES));
    }
    try {
      if (!read(in, body, limit)) { // a chunked body has no length
        throw tooLarge(limit);
      }
      return new BufferedBody(request, body.toByteArray());
    } finally {
      largeBodies.release();
    }
  }

  /// Not by `readNBytes`: at its end that reads nothing, for which Tomcat waits as for something.
  ///
  /// @return false when there are more bytes in all than `most`
  private static boolean read(InputStream in, ByteArrayOutputStream body, int most)
      throws IOException {
    var buffer = new byte[BUFFER];
    while (body.size() <= most) {
      int read = in.read(buffer);
      if (read < 0) {
        return true;
      }
      body.write(buffer, 0, read);
    }
    return false;
  }

  private static ApiProblem tooLarge(int limit) {
    return new ApiProblem(
        HttpStatus.CONTENT_TOO_LARGE,
        "body-too-large",
        "the body is larger than %d bytes".formatted(limit));
  }
}
