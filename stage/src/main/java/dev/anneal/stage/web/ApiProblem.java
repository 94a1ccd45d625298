package dev.anneal.stage.web;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/// A request that cannot be answered, as RFC 9457 problem: `code` is stable, `detail` is for
/// people, `errors` say where, as control's do.
public final class ApiProblem extends ErrorResponseException {
  /// An embedded server that was killed is typically back within 30 s, mostly within 5.
  private static final String RETRY_AFTER_SECONDS = "5";

  /// @param path of the body, or the name of a parameter; empty: the body as a whole
  public record Fault(String path, String message) {
    /// For people who see no other part of the problem.
    public String sentence() {
      return path.isEmpty() ? message : path + ": " + message;
    }
  }

  public ApiProblem(HttpStatus status, String code, String detail) {
    this(status, code, detail, List.of(), Map.of());
  }

  /// @param members further ones of the answer
  public ApiProblem(
      HttpStatus status, String code, String detail, List<Fault> errors, Map<String, ?> members) {
    super(status, told(ProblemDetail.forStatusAndDetail(status, detail), code, errors), null);
    members.forEach(getBody()::setProperty);
  }

  /// A server that the call needs is away: 503 with `Retry-After`.
  ///
  /// @param code stable: `database-unavailable`
  public static ApiProblem unavailable(String code, String detail) {
    var problem = new ApiProblem(HttpStatus.SERVICE_UNAVAILABLE, code, detail);
    problem.getHeaders().set(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
    return problem;
  }

  static ProblemDetail told(ProblemDetail body, String code, List<Fault> errors) {
    body.setProperty("code", code);
    body.setProperty("errors", errors);
    return body;
  }

  /// Of what has no better one: `not-found`.
  static String code(HttpStatusCode status) {
    var known = HttpStatus.resolve(status.value());
    return known == null
        ? Integer.toString(status.value())
        : known.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
