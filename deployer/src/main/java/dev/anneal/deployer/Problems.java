package dev.anneal.deployer;

import dev.anneal.modelstore.ProcessEndingException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/// Every error of the REST API as `application/problem+json` in the shape of [Problem].
@RestControllerAdvice
final class Problems extends ResponseEntityExceptionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

  /// What nobody foresaw; the answer says no more than that, the log says what.
  @ExceptionHandler(RuntimeException.class)
  ProblemDetail unforeseen(RuntimeException failure) {
    LOG.error("a request failed", failure);
    return problem(
        HttpStatus.INTERNAL_SERVER_ERROR,
        "the request could not be answered; the deployer's log says why");
  }

  @ExceptionHandler(ProcessEndingException.class)
  ProblemDetail ending(ProcessEndingException failure) {
    LOG.info("a request is not answered: {}", failure.getMessage());
    return problem(HttpStatus.SERVICE_UNAVAILABLE, "the deployer is stopping");
  }

  private static ProblemDetail problem(HttpStatus status, String detail) {
    return Problem.told(
        ProblemDetail.forStatusAndDetail(status, detail), Problem.code(status), List.of());
  }

  /// Also what Spring refuses itself.
  @Override
  protected @Nullable ResponseEntity<Object> handleExceptionInternal(
      Exception failure,
      @Nullable Object body,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    var answer = super.handleExceptionInternal(failure, body, headers, status, request);
    if (answer != null
        && answer.getBody() instanceof ProblemDetail problem
        && !(failure instanceof Problem)) {
      Problem.told(problem, Problem.code(status), faults(failure));
    }
    return answer;
  }

  private static List<Problem.Fault> faults(Exception failure) {
    return failure instanceof MissingServletRequestParameterException missing
        ? List.of(new Problem.Fault(missing.getParameterName(), "is required"))
        : List.of();
  }
}
