package dev.anneal.deployer;

import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/// A request that cannot be answered, as RFC 9457 problem: `code` is stable, `detail` is for
/// people, further members say where.
final class Problem extends ErrorResponseException {
  Problem(HttpStatus status, String code, String detail) {
    this(status, code, detail, Map.of());
  }

  Problem(HttpStatus status, String code, String detail, Map<String, ?> members) {
    super(status, body(status, code, detail, members), null);
  }

  private static ProblemDetail body(
      HttpStatus status, String code, String detail, Map<String, ?> members) {
    var body = ProblemDetail.forStatusAndDetail(status, detail);
    body.setProperty("code", code);
    members.forEach(body::setProperty);
    return body;
  }
}
