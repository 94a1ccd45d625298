package dev.anneal.control;

import dev.anneal.control.definitions.Problem;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/// A call that was refused, as problem+json (RFC 9457) with `errors: [{path, message}]`.
final class Refused extends ErrorResponseException {
  /// An embedded server that was killed is typically back within 30 s, mostly within 5.
  private static final String RETRY_AFTER_SECONDS = "5";

  Refused(HttpStatus status, String detail, List<Problem> errors) {
    super(status, problem(status, detail, errors), null);
  }

  /// A server that the call needs is away.
  ///
  /// @param code stable: `database-unavailable`
  static Refused unavailable(String code, String detail) {
    var refused = new Refused(HttpStatus.SERVICE_UNAVAILABLE, detail, List.of());
    refused.getBody().setProperty("code", code);
    refused.getHeaders().set(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
    return refused;
  }

  static Refused invalid(List<Problem> errors) {
    String detail = errors.size() == 1 ? "1 error" : errors.size() + " errors";
    return new Refused(HttpStatus.BAD_REQUEST, detail, errors);
  }

  static Refused unknown(String organization, @Nullable String model) {
    String detail =
        model == null
            ? "there is no organization \"%s\"".formatted(organization)
            : "organization \"%s\" has no model \"%s\"".formatted(organization, model);
    return new Refused(HttpStatus.NOT_FOUND, detail, List.of());
  }

  private static ProblemDetail problem(HttpStatus status, String detail, List<Problem> errors) {
    var problem = ProblemDetail.forStatusAndDetail(status, detail);
    problem.setType(URI.create("about:blank"));
    problem.setProperty("errors", errors);
    return problem;
  }
}
