package dev.anneal.stage.web;

import dev.anneal.stage.Failures;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.TransactionException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/// Every error of the REST API as `application/problem+json` in the shape of [ApiProblem].
@RestControllerAdvice
final class ApiProblems extends ResponseEntityExceptionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(ApiProblems.class);

  /// The database is away, or the failure is an error of ours.
  @ExceptionHandler({DataAccessException.class, TransactionException.class})
  ResponseEntity<ProblemDetail> database(RuntimeException failure) {
    if (!Failures.isTemporary(failure)) {
      return ResponseEntity.internalServerError().body(unforeseen(failure));
    }
    var problem = ApiProblem.unavailable("database-unavailable", "the database does not answer");
    return ResponseEntity.status(problem.getStatusCode())
        .headers(problem.getHeaders())
        .body(problem.getBody());
  }

  /// What nobody foresaw; the answer says no more than that, the log says what.
  @ExceptionHandler(Exception.class)
  ProblemDetail unforeseen(Exception failure) {
    LOG.error("a request failed", failure);
    return problem(
        HttpStatus.INTERNAL_SERVER_ERROR, "the request could not be answered; the log says why");
  }

  private static ProblemDetail problem(HttpStatus status, String detail) {
    return ApiProblem.told(
        ProblemDetail.forStatusAndDetail(status, detail), ApiProblem.code(status), List.of());
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
        && !(failure instanceof ApiProblem)) {
      ApiProblem.told(problem, ApiProblem.code(status), faults(failure));
    }
    return answer;
  }

  private static List<ApiProblem.Fault> faults(Exception failure) {
    return failure instanceof MissingServletRequestParameterException missing
        ? List.of(new ApiProblem.Fault(missing.getParameterName(), "is required"))
        : List.of();
  }
}
